'use client'

import { AlertDialog } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import { Button } from '#ui/button.tsx'
import { classNames } from '#ui/class-names.ts'
import { overlayLook } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'

export type ConfirmDialogProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** A question: "Revoke key “ci”?" */
  title: string
  /** What will happen, to whom, and whether it can be undone. */
  children: ReactNode
  /** The verb on the button: "Revoke". */
  action: string
  onConfirm: () => void
  busy?: boolean
  danger?: boolean
  /** Has to be typed before the button works, where a slip would be costly. */
  typed?: string
}

/** Asks once before something that matters, and says its effect. Escape and Cancel do nothing. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  children,
  action,
  onConfirm,
  busy = false,
  danger = true,
  typed,
}: ConfirmDialogProps) {
  const [text, setText] = useState('')
  const ready = typed === undefined || text === typed
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(next) => {
        setText('')
        onOpenChange(next)
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={classNames(overlayLook, 'z-50')} />
        <AlertDialog.Content
          className={classNames(
            'fixed inset-x-4 top-1/2 z-50 mx-auto max-w-[440px] -translate-y-1/2 animate-fade rounded-lg border border-line bg-surface shadow-float focus:outline-none',
          )}
        >
          <div className="flex flex-col gap-3 p-5">
            <AlertDialog.Title className="text-lg font-semibold tracking-tight">{title}</AlertDialog.Title>
            <AlertDialog.Description asChild>
              <div className="text-base text-muted">{children}</div>
            </AlertDialog.Description>
            {typed === undefined ? null : (
              <Field label={`Type “${typed}” to confirm`}>
                <Input value={text} onChange={(event) => setText(event.target.value)} />
              </Field>
            )}
          </div>
          <div className="flex justify-end gap-2 border-t border-line px-5 py-3">
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <Button variant={danger ? 'danger' : 'primary'} disabled={!ready} loading={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
