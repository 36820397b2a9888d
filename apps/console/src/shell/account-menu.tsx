'use client'

import { LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { signOut } from 'next-auth/react'
import { useTheme } from 'next-themes'
import { paths } from '#paths.ts'
import { classNames } from '#ui/class-names.ts'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '#ui/menu.tsx'

const themes = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const

/** Who is signed in, the theme, and the way out. */
export function AccountMenu({ name, email, className }: { name: string; email: string; className?: string }) {
  const { theme, setTheme } = useTheme()
  return (
    <Menu
      align="start"
      className="min-w-60"
      trigger={
        <button
          type="button"
          aria-label="Account"
          className={classNames(
            'flex h-10 min-w-0 items-center gap-2.5 rounded-md px-2 text-left transition-colors hover:bg-hover',
            className,
          )}
        >
          <span
            aria-hidden
            className="flex size-7 shrink-0 items-center justify-center rounded-full border border-line-strong bg-sunken text-muted"
          >
            <UserRound className="size-4" />
          </span>
          <span className="min-w-0 flex-1 max-xl:hidden">
            <span className="block truncate text-sm leading-4 font-medium">{name}</span>
            <span className="block truncate text-xs leading-4 text-faint">{email}</span>
          </span>
        </button>
      }
    >
      <div className="px-2 py-1.5">
        <p className="truncate text-base font-medium">{name}</p>
        <p className="truncate text-sm text-muted">{email}</p>
      </div>
      <MenuLine />
      <MenuLabel>Theme</MenuLabel>
      {themes.map(({ value, label, icon: Icon }) => (
        <MenuChoice key={value} chosen={theme === value} onSelect={() => setTheme(value)}>
          <Icon aria-hidden className="text-muted" />
          {label}
        </MenuChoice>
      ))}
      <MenuLine />
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void signOut({ callbackUrl: paths.signIn })}>
        Sign out
      </MenuItem>
    </Menu>
  )
}
