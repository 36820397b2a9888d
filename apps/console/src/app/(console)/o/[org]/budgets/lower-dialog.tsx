'use client'

import { useOrg } from '#shell/org-context.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { countText } from '#ui/count-text.ts'
import { moneyText } from '#ui/money-text.ts'
import type { Effect } from './budget-fields.tsx'
import { budgetForm, type BudgetForm } from './inputs.ts'
import { momentText } from './words.ts'

const counted = (count: number, one: string, many: string): string => `${countText(count)} ${count === 1 ? one : many}`

/** Asks once before a limit below what is spent: says who will be refused, and until when. */
export function LowerDialog({
  name,
  form,
  effect,
  busy,
  onCancel,
  onConfirm,
}: {
  name: string
  form: BudgetForm
  effect: Effect
  busy: boolean
  onCancel: () => void
  onConfirm: () => void
}) {
  const { timeZone } = useOrg()
  const limit = budgetForm.parse(form).limit
  const until =
    form.period === 'all' ? 'until the limit is raised' : `until ${momentText(timeZone, effect.endMs)} ${timeZone}`
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onCancel()
      }}
      title={`Set the limit below what is spent?`}
      action="Set limit"
      busy={busy}
      onConfirm={onConfirm}
    >
      {form.sharing === 'each' ? (
        <p>
          {counted(effect.over, 'person has', 'people have')} spent {moneyText(limit)} or more already. Their requests
          are refused from now on, {until}.
        </p>
      ) : (
        <p>
          {name} has spent {moneyText(effect.spent)}
          {effect.held > 0n ? ` and holds ${moneyText(effect.held)} for running requests` : ''}. With a limit of{' '}
          {moneyText(limit)} every request of {counted(effect.keys, 'key', 'keys')}
          {effect.people > 0 ? ` of ${counted(effect.people, 'person', 'people')}` : ''} is refused from now on, {until}
          .
        </p>
      )}
    </ConfirmDialog>
  )
}
