'use client'

import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'
import { IconButton } from '#ui/icon-button.tsx'

export const overlayLook = 'fixed inset-0 z-40 animate-fade bg-overlay'
const panelLook =
  'fixed z-50 flex animate-rise flex-col bg-surface shadow-float focus:outline-none max-md:inset-0 md:top-[max(6vh,24px)] md:left-1/2 md:max-h-[calc(100dvh-max(12vh,48px))] md:-translate-x-1/2 md:rounded-lg md:border md:border-line'

const widths = { sm: 'md:w-[440px]', md: 'md:w-[560px]', lg: 'md:w-[820px]' }

export type DialogProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Its accessible name. */
  title: string
  description?: ReactNode
  width?: keyof typeof widths
  /** Set false where closing by accident loses something: then only buttons close it. */
  dismissable?: boolean
  /** Buttons, at the bottom and always visible. */
  footer?: ReactNode
  /** Wraps content and footer, so that a submit button in the footer belongs to the form. */
  onSubmit?: () => void
  children: ReactNode
}

/** A modal dialog: centred from 768 px on, the whole screen on phones. Traps the focus and gives it back. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  width = 'md',
  dismissable = true,
  footer,
  onSubmit,
  children,
}: DialogProps) {
  const keep = (event: Event) => {
    if (!dismissable) event.preventDefault()
  }
  const body = (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
      {footer ? <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</div> : null}
    </>
  )
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlayLook} />
        <Radix.Content
          className={classNames(panelLook, widths[width])}
          onEscapeKeyDown={keep}
          onPointerDownOutside={keep}
          onInteractOutside={keep}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className="flex items-start gap-3 border-b border-line py-3 pr-3 pl-5">
            <div className="min-w-0 flex-1 py-1">
              <Radix.Title className="text-lg font-semibold tracking-tight">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="mt-0.5 text-sm text-muted">{description}</Radix.Description>
              ) : null}
            </div>
            {dismissable ? (
              <Radix.Close asChild>
                <IconButton label="Close" hint={false}>
                  <X aria-hidden />
                </IconButton>
              </Radix.Close>
            ) : null}
          </header>
          {onSubmit ? (
            <form
              noValidate
              className="flex min-h-0 flex-1 flex-col"
              onSubmit={(event) => {
                event.preventDefault()
                event.stopPropagation()
                onSubmit()
              }}
            >
              {body}
            </form>
          ) : (
            body
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
