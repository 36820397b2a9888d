'use client'

import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Input } from '#ui/input.tsx'

const pauseMs = 250

export type TypedFilterProps = {
  /** Its accessible name. */
  label: string
  placeholder: string
  value: string
  onChange: (text: string) => void
  /** With a magnifying glass, for the main search of a list. */
  icon?: boolean
  /** Changes what is typed or pasted before anything else sees it. */
  clean?: (text: string) => string
}

/** A filter that is typed; it is passed on after a short pause, so that a list is not asked for at every letter. */
export function TypedFilter({ label, placeholder, value, onChange, icon = false, clean }: TypedFilterProps) {
  const [typed, setTyped] = useState(value)
  // Cleared or changed from elsewhere, such as by going back.
  const [known, setKnown] = useState(value)
  if (value !== known) {
    setKnown(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === known) return
    const timer = setTimeout(() => {
      setKnown(typed)
      onChange(typed)
    }, pauseMs)
    return () => clearTimeout(timer)
  })
  return (
    <div className="w-full md:w-64">
      <Input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        {...(icon ? { prefix: <Search aria-hidden className="size-4" />, className: 'pl-9' } : {})}
        value={typed}
        onChange={(event) => setTyped(clean ? clean(event.target.value) : event.target.value)}
      />
    </div>
  )
}
