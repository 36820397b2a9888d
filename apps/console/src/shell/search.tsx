'use client'

import { Command } from 'cmdk'
import { CornerDownLeft, KeyRound, ScrollText, Search as SearchIcon } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Dialog } from 'radix-ui'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { paths } from '#paths.ts'
import { NavIcon } from '#shell/nav-icon.tsx'
import { useNavigation } from '#shell/nav.tsx'
import { useOrg } from '#shell/org-context.tsx'
import { classNames } from '#ui/class-names.ts'
import { overlayLook } from '#ui/dialog.tsx'

const idPattern = /^(req|key)_[0-9A-Za-z._:-]{1,60}$/

/** Opens pages by name, and requests and keys by a pasted id. ⌘K or Ctrl K from anywhere. */
export function Search({ className }: { className?: string }) {
  const { slug } = useOrg()
  const groups = useNavigation()
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      // There is one in the sidebar and one in the bar of phones: the key is for the one that is seen.
      if (!button.current?.checkVisibility()) return
      event.preventDefault()
      setOpen((now) => !now)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  const change = (next: boolean) => {
    setOpen(next)
    setText('')
  }
  const go = (href: string) => {
    change(false)
    router.push(href)
  }
  const id = idPattern.exec(text.trim())
  return (
    <Dialog.Root open={open} onOpenChange={change}>
      <Dialog.Trigger asChild>
        <button
          ref={button}
          type="button"
          aria-label="Search"
          className={classNames(
            'flex h-9 min-w-0 items-center gap-2.5 rounded-md border border-line bg-surface px-2.5 text-base text-faint transition-colors hover:border-line-strong hover:text-muted',
            className,
          )}
        >
          <SearchIcon aria-hidden className="size-4 shrink-0" />
          <span className="flex-1 text-left max-xl:hidden">Search</span>
          <kbd aria-hidden className="rounded-sm border border-line px-1 font-sans text-xs max-xl:hidden">
            ⌘K
          </kbd>
        </button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayLook} />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[12vh] z-50 mx-auto max-w-[560px] animate-rise overflow-hidden rounded-lg border border-line bg-surface shadow-float focus:outline-none"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Command label="Search" loop shouldFilter={!id}>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Go to a page, or paste a request or key id…"
              className="h-12 w-full border-b border-line bg-transparent px-4 text-lg placeholder:text-faint focus-visible:outline-none"
            />
            <Command.List className="max-h-[50vh] overflow-y-auto p-2">
              <Command.Empty className="px-3 py-6 text-center text-base text-muted">Nothing found</Command.Empty>
              {id ? (
                <Result
                  icon={id[1] === 'req' ? <ScrollText aria-hidden /> : <KeyRound aria-hidden />}
                  onSelect={() => go(id[1] === 'req' ? paths.request(slug, id[0]) : paths.key(slug, id[0]))}
                >
                  Open <span className="font-mono text-sm">{id[0]}</span>
                </Result>
              ) : (
                <Command.Group
                  heading="Go to"
                  className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint"
                >
                  {groups.flatMap((group) =>
                    group.entries.map((entry) => (
                      <Result
                        key={entry.label}
                        icon={<NavIcon name={entry.icon} />}
                        onSelect={() => go(entry.href(slug))}
                      >
                        {entry.label}
                      </Result>
                    )),
                  )}
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Result({ icon, onSelect, children }: { icon: ReactNode; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      onSelect={onSelect}
      className="group flex min-h-10 items-center gap-3 rounded-md px-3 text-base data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:text-muted"
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      <CornerDownLeft aria-hidden className="invisible group-data-[selected=true]:visible" />
    </Command.Item>
  )
}
