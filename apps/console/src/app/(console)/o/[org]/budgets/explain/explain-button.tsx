'use client'

import { CircleHelp } from 'lucide-react'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { Button } from '#ui/button.tsx'
import { ExplainDialog } from './explain-dialog.tsx'
import type { Subject } from './inputs.ts'

/** Opens the limits of a key or person, for those who may read limits. */
export function ExplainButton(props: { subject: Subject; about: string; model?: string; label?: string }) {
  const { label = 'Explain limits', ...asked } = props
  const { can } = useOrg()
  const [open, setOpen] = useState(false)
  if (can('budget.read') === null) return null
  return (
    <>
      <Button size="sm" icon={<CircleHelp aria-hidden />} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open ? <ExplainDialog {...asked} scope={null} onClose={() => setOpen(false)} /> : null}
    </>
  )
}
