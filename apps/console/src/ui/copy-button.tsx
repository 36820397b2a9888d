'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '#ui/button.tsx'
import { IconButton } from '#ui/icon-button.tsx'

export type CopyButtonProps = {
  text: string
  /** Its accessible name, such as "Copy key". */
  label: string
  /** Shows the label as words instead of only the icon. */
  words?: boolean
  onCopied?: () => void
}

/** Puts text on the clipboard and says so for two seconds. */
export function CopyButton({ text, label, words = false, onCopied }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    onCopied?.()
  }
  const icon = copied ? <Check aria-hidden className="text-ok" /> : <Copy aria-hidden />
  return (
    <>
      {words ? (
        <Button icon={icon} onClick={copy}>
          {label}
        </Button>
      ) : (
        <IconButton label={label} onClick={copy}>
          {icon}
        </IconButton>
      )}
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </>
  )
}
