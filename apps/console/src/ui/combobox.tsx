'use client'

import { Command } from 'cmdk'
import { Check, ChevronsUpDown } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useId, useState } from 'react'
import { classNames } from '#ui/class-names.ts'
import { useField } from '#ui/field.tsx'
import { controlLook } from '#ui/input.tsx'

export type Choice = { value: string; label: string; note?: string }

export type ComboboxProps = {
  choices: readonly Choice[]
  value: string | null
  onChange: (value: string | null) => void
  placeholder?: string
  /** What is being looked for, for the search field: "Search teams". */
  searchLabel?: string
  empty?: string
  /** Adds a first choice that clears the value, with this text. */
  none?: string
  disabled?: boolean
  'aria-label'?: string
}

/** A choice among many, found by typing. */
export function Combobox({
  choices,
  value,
  onChange,
  placeholder = 'Choose…',
  searchLabel = 'Search',
  empty = 'Nothing found',
  none,
  disabled,
  ...rest
}: ComboboxProps) {
  const [open, setOpen] = useState(false)
  const listId = useId()
  const chosen = choices.find((choice) => choice.value === value)
  const choose = (next: string | null) => {
    onChange(next)
    setOpen(false)
  }
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          role="combobox"
          aria-expanded={open}
          aria-controls={listId}
          disabled={disabled}
          {...useField()}
          {...rest}
          className={classNames(controlLook, 'flex items-center justify-between gap-2 text-left')}
        >
          <span className={classNames('truncate', chosen ? null : 'text-faint')}>
            {chosen?.label ?? (value === null ? (none ?? placeholder) : placeholder)}
          </span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-60 w-(--radix-popover-trigger-width) min-w-56 animate-fade overflow-hidden rounded-lg border border-line bg-surface shadow-float"
        >
          <Command label={searchLabel} loop>
            <Command.Input
              placeholder={searchLabel}
              className="h-9 w-full border-b border-line bg-transparent px-3 text-base placeholder:text-faint focus-visible:outline-none max-md:h-11 max-md:text-lg"
            />
            <Command.List id={listId} className="max-h-64 overflow-y-auto p-1">
              <Command.Empty className="px-2 py-3 text-sm text-muted">{empty}</Command.Empty>
              {none ? <Item label={none} chosen={value === null} onSelect={() => choose(null)} /> : null}
              {choices.map((choice) => (
                <Item
                  key={choice.value}
                  {...choice}
                  chosen={choice.value === value}
                  onSelect={() => choose(choice.value)}
                />
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Item({
  label,
  note,
  value,
  chosen,
  onSelect,
}: {
  label: string
  note?: string
  value?: string
  chosen: boolean
  onSelect: () => void
}) {
  return (
    <Command.Item
      value={`${label} ${note ?? ''} ${value ?? ''}`}
      onSelect={onSelect}
      className="flex min-h-8 items-center gap-2 rounded-md px-2 py-1 text-base data-[selected=true]:bg-hover"
    >
      <Check aria-hidden className={classNames('size-4 shrink-0 text-accent', chosen ? null : 'invisible')} />
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {note ? <span className="shrink-0 text-sm text-faint">{note}</span> : null}
    </Command.Item>
  )
}
