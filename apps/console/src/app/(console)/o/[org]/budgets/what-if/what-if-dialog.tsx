'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { usdText } from '@tollkeeper/domain/price'
import { budgetPeriods } from '@tollkeeper/domain/time'
import { useForm, useWatch } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { Edited } from '../edit-dialog.tsx'
import { modeNames, periodNames, scopeNames, sharingNames } from '../words.ts'
import { dayChoices, whatIfForm, type WhatIfForm } from './inputs.ts'
import { WhatIfOutcome } from './what-if-outcome.tsx'
import { useWhatIf } from './use-what-if.ts'

const formOf = ({ budget }: Edited): WhatIfForm => ({
  limit: budget ? usdText(budget.limit).replace(/\.?0+$/, '') : '',
  period: budget?.period ?? 'month',
  mode: budget?.mode ?? 'hard',
  sharing: budget?.sharing ?? 'pool',
  days: '30',
})

/** Tries a limit on what has happened: which requests it would have refused. Changes nothing. */
export function WhatIfDialog({ edited, onClose }: { edited: Edited; onClose: () => void }) {
  const { slug } = useOrg()
  const { scope, note } = edited.branch
  const { state, run } = useWhatIf(slug)
  // `raw`: the replay parses the same text, so it is sent as typed.
  const form = useForm({ resolver: zodResolver(whatIfForm, undefined, { raw: true }), defaultValues: formOf(edited) })
  const { errors } = form.formState
  const days = useWatch({ control: form.control, name: 'days' })
  const onePerson = scope.kind === 'user' || scope.kind === 'key'
  const submit = form.handleSubmit((values) =>
    run({ ...values, scope: { kind: scope.kind, id: scope.id }, id: edited.budget?.id ?? null }),
  )
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      width="lg"
      title="What if"
      description={`Replays what ${scopeNames[scope.kind].toLowerCase()} ${scope.name}${note ? ` (${note})` : ''} has done under another limit. Nothing is changed.`}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" variant="primary" loading={state.kind === 'running'}>
            Replay {days} days
          </Button>
        </>
      }
      onSubmit={() => void submit()}
    >
      <div className="flex flex-col gap-5">
        <div className="grid gap-4 sm:grid-cols-2 md:grid-cols-[1.3fr_1fr_1fr_1.2fr_1fr]">
          <Field label="Limit (USD)" error={errors.limit?.message} required>
            <Input inputMode="decimal" prefix="$" placeholder="100.00" {...form.register('limit')} />
          </Field>
          <Field label="Period">
            <Select {...form.register('period')}>
              {budgetPeriods.map((each) => (
                <option key={each} value={each}>
                  {periodNames[each]}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="At the limit">
            <Select {...form.register('mode')}>
              <option value="hard">{modeNames.hard}</option>
              <option value="soft">{modeNames.soft}</option>
            </Select>
          </Field>
          <Field label="Applies to">
            <Select {...form.register('sharing')} disabled={onePerson}>
              <option value="pool">{sharingNames.pool}</option>
              {onePerson ? null : <option value="each">{sharingNames.each}</option>}
            </Select>
          </Field>
          <Field label="Replay">
            <Select {...form.register('days')}>
              {dayChoices.map((each) => (
                <option key={each} value={each}>
                  {each} days
                </option>
              ))}
            </Select>
          </Field>
        </div>
        {state.kind === 'failed' ? <InlineError message={state.message} onRetry={() => void submit()} /> : null}
        <WhatIfOutcome state={state} />
      </div>
    </Dialog>
  )
}
