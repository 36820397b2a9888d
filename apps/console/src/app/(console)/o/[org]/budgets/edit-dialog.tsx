'use client'

import { useState } from 'react'
import { Dialog } from '#ui/dialog.tsx'
import { Tabs } from '#ui/tabs.tsx'
import { BudgetFields } from './budget-fields.tsx'
import type { Branch, ShownBudget } from './branches.ts'
import { RateFields } from './rate-fields.tsx'
import { scopeNames } from './words.ts'

/** What is being edited: a limit of a scope, or (null) one that it is going to have. */
export type Edited = { branch: Branch; budget: ShownBudget | null }

/** The limits of one scope: its money, and how fast it may ask. */
export function EditDialog({ edited, onClose }: { edited: Edited; onClose: () => void }) {
  const { scope, note } = edited.branch
  const [tab, setTab] = useState('money')
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title="Edit budget"
      description={`${scopeNames[scope.kind]} ${scope.name}${note ? ` (${note})` : ''}`}
    >
      <Tabs
        label="Kind of limit"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'money', label: 'Budget', content: <BudgetFields edited={edited} onDone={onClose} /> },
          { value: 'rates', label: 'Rate limits', content: <RateFields scope={scope} onDone={onClose} /> },
        ]}
      />
    </Dialog>
  )
}
