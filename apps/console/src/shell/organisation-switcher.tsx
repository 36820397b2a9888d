'use client'

import { ChevronsUpDown } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { samePageIn } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { classNames } from '#ui/class-names.ts'
import { Menu, MenuChoice, MenuLabel } from '#ui/menu.tsx'

const initialOf = (name: string): string => (name.trim()[0] ?? '?').toUpperCase()

/** Leads to the same page of another organisation. */
export function OrganisationSwitcher({
  organisations,
  className,
}: {
  organisations: readonly { slug: string; name: string }[]
  className?: string
}) {
  const org = useOrg()
  const pathname = usePathname()
  const router = useRouter()
  return (
    <Menu
      align="start"
      className="min-w-60"
      trigger={
        <button
          type="button"
          aria-label="Switch organisation"
          className={classNames(
            'flex h-10 min-w-0 items-center gap-2.5 rounded-md px-2 text-left transition-colors hover:bg-hover',
            className,
          )}
        >
          <span
            aria-hidden
            className="flex size-7 shrink-0 items-center justify-center rounded-md bg-primary text-sm font-semibold text-on-primary"
          >
            {initialOf(org.name)}
          </span>
          <span className="min-w-0 flex-1 truncate font-semibold tracking-tight md:max-xl:hidden">{org.name}</span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint md:max-xl:hidden" />
        </button>
      }
    >
      <MenuLabel>Organisations</MenuLabel>
      {organisations.map((each) => (
        <MenuChoice
          key={each.slug}
          chosen={each.slug === org.slug}
          onSelect={() => router.push(samePageIn(each.slug, pathname))}
        >
          <span className="min-w-0 truncate">{each.name}</span>
        </MenuChoice>
      ))}
    </Menu>
  )
}
