'use client'

import { Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { navigation, paths, type NavEntry } from '#paths.ts'
import { NavIcon } from '#shell/nav-icon.tsx'
import { useOrg } from '#shell/org-context.tsx'
import { classNames } from '#ui/class-names.ts'
import { Menu, MenuItem } from '#ui/menu.tsx'

/** The entries the viewer may open, by group. */
export function useNavigation(): { label: string | null; entries: readonly NavEntry[] }[] {
  const { can } = useOrg()
  return navigation
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => !entry.needs || can(entry.needs) !== null) }))
    .filter((group) => group.entries.length > 0)
}

function useIsCurrent(): (href: string) => boolean {
  const pathname = usePathname()
  const { slug } = useOrg()
  return (href) => pathname === href || (href !== paths.overview(slug) && pathname.startsWith(`${href}/`))
}

/** At the side: with words from 1280 px on, only icons below. */
export function SideNav() {
  const { slug } = useOrg()
  const groups = useNavigation()
  const isCurrent = useIsCurrent()
  return (
    <nav aria-label="Main" className="flex flex-col gap-4 overflow-y-auto px-2.5 py-2 max-xl:gap-2 max-xl:px-2">
      {groups.map((group) => (
        <div key={group.label ?? ''}>
          {group.label ? (
            <p className="mb-1 px-2.5 text-xs font-medium text-faint max-xl:hidden">{group.label}</p>
          ) : null}
          <ul className="flex flex-col gap-px max-xl:gap-1">
            {group.entries.map((entry) => {
              const href = entry.href(slug)
              const current = isCurrent(href)
              return (
                <li key={href}>
                  <Link
                    href={href}
                    title={entry.label}
                    aria-current={current ? 'page' : undefined}
                    className={classNames(
                      'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-base transition-colors max-xl:size-10 max-xl:justify-center max-xl:p-0',
                      current ? 'bg-hover font-medium text-ink' : 'text-muted hover:bg-hover/70 hover:text-ink',
                    )}
                  >
                    <NavIcon
                      name={entry.icon}
                      className={classNames('size-4 shrink-0 max-xl:size-[18px]', current ? 'text-accent' : null)}
                    />
                    <span className="truncate max-xl:sr-only">{entry.label}</span>
                  </Link>
                </li>
              )
            })}
          </ul>
        </div>
      ))}
    </nav>
  )
}

const placesInBar = 4

/** At the bottom of phones: the first places, and the rest in a menu. */
export function BottomNav() {
  const { slug } = useOrg()
  const isCurrent = useIsCurrent()
  const entries = useNavigation().flatMap((group) => group.entries)
  const important = ['Overview', 'Keys', 'Usage', 'Budgets']
  const first = [...entries]
    .toSorted((a, b) => Number(important.includes(b.label)) - Number(important.includes(a.label)))
    .slice(0, placesInBar)
  const rest = entries.filter((entry) => !first.includes(entry))
  const look = 'flex h-14 w-full flex-col items-center justify-center gap-0.5 text-xs'
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="flex">
        {first.map((entry) => {
          const href = entry.href(slug)
          const current = isCurrent(href)
          return (
            <li key={href} className="min-w-0 flex-1">
              <Link
                href={href}
                aria-current={current ? 'page' : undefined}
                className={classNames(
                  look,
                  'focus-visible:outline-offset-[-2px]',
                  current ? 'font-medium text-ink' : 'text-muted',
                )}
              >
                <NavIcon name={entry.icon} className={classNames('size-5', current ? 'text-accent' : null)} />
                {entry.label}
              </Link>
            </li>
          )
        })}
        {rest.length > 0 ? (
          <li className="min-w-0 flex-1">
            <Menu
              side="top"
              trigger={
                <button
                  type="button"
                  className={classNames(
                    look,
                    rest.some((entry) => isCurrent(entry.href(slug))) ? 'font-medium text-ink' : 'text-muted',
                  )}
                >
                  <Ellipsis aria-hidden className="size-5" />
                  More
                </button>
              }
            >
              {rest.map((entry) => (
                <MenuItem key={entry.label} asChild>
                  <Link href={entry.href(slug)}>
                    <NavIcon name={entry.icon} />
                    {entry.label}
                  </Link>
                </MenuItem>
              ))}
            </Menu>
          </li>
        ) : null}
      </ul>
    </nav>
  )
}
