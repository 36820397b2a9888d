'use client'

import { useState } from 'react'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import type { MadeKey } from './listed-key.ts'
import { SaveKeyDialog } from './save-key-dialog.tsx'

export type CreateKeyProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** When a key was made and its dialog is closed. */
  onDone: (made: MadeKey) => void
}

/**
 * Makes a key, then shows its text until that is saved. Mount it where nothing that is loaded again can take it away:
 * the text exists only in here.
 */
export function CreateKey({ open, onOpenChange, onDone }: CreateKeyProps) {
  const [made, setMade] = useState<MadeKey | null>(null)
  return (
    <>
      {open ? (
        <CreateKeyDialog
          onClose={() => onOpenChange(false)}
          onMade={(key) => {
            setMade(key)
            onOpenChange(false)
          }}
        />
      ) : null}
      {made ? (
        <SaveKeyDialog
          made={made}
          onClose={() => {
            setMade(null)
            onDone(made)
          }}
        />
      ) : null}
    </>
  )
}
