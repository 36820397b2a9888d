'use client'

import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'

export type MenuProps = {
  trigger: ReactNode
  align?: 'start' | 'end'
  side?: 'top' | 'right' | 'bottom'
  children: ReactNode
  className?: string
}

/** A menu of actions. `trigger` is one button with a name of its own. */
export function Menu({ trigger, align = 'end', side = 'bottom', children, className }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className={classNames(
            'z-60 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 animate-fade overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-float',
            className,
          )}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

const itemLook =
  'flex min-h-8 select-none items-center gap-2.5 rounded-md px-2 py-1 text-base outline-none data-disabled:opacity-50 data-highlighted:bg-hover max-md:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0'

export type MenuItemProps = {
  icon?: ReactNode
  danger?: boolean
  disabled?: boolean
  onSelect?: () => void
  /** The one child is a link that becomes the item. */
  asChild?: boolean
  children: ReactNode
}

export function MenuItem({ icon, danger = false, disabled, onSelect, asChild, children }: MenuItemProps) {
  const look = classNames(itemLook, danger ? 'text-danger' : '[&_svg]:text-muted')
  return (
    <DropdownMenu.Item
      className={look}
      {...(asChild ? { asChild } : {})}
      {...(disabled ? { disabled } : {})}
      {...(onSelect ? { onSelect } : {})}
    >
      {asChild ? (
        children
      ) : (
        <>
          {icon}
          {children}
        </>
      )}
    </DropdownMenu.Item>
  )
}

/** One of several in a menu, with a tick on the present one. */
export function MenuChoice({
  chosen,
  onSelect,
  children,
}: {
  chosen: boolean
  onSelect: () => void
  children: ReactNode
}) {
  return (
    <DropdownMenu.CheckboxItem checked={chosen} onSelect={onSelect} className={itemLook}>
      <Check aria-hidden className={classNames('text-accent', chosen ? null : 'invisible')} />
      {children}
    </DropdownMenu.CheckboxItem>
  )
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-xs text-faint">{children}</DropdownMenu.Label>
)

export const MenuLine = () => <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />
