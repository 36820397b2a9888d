'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { usdText } from '@tollkeeper/domain/price'
import { budgetPeriods } from '@tollkeeper/domain/time'
import { useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { useNow } from '#ui/relative-time.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'
import type { Edited } from './edit-dialog.tsx'
import { budgetForm, type BudgetForm } from './inputs.ts'
import { LowerDialog } from './lower-dialog.tsx'
import { modeNames, periodNames, resetSentence, sharingNames } from './words.ts'

export type Effect = inferRouterOutputs<AppRouter>['budgets']['effect']

/** "5.000000000" as people type it. */
const typed = (limit: bigint): string => usdText(limit).replace(/\.?0+$/, '')

const formOf = ({ budget }: Edited): BudgetForm =>
  budget
    ? {
        limit: typed(budget.limit),
        period: budget.period,
        mode: budget.mode,
        sharing: budget.sharing,
        carryOver: budget.carryOver === null ? '' : typed(budget.carryOver),
      }
    : { limit: '', period: 'month', mode: 'hard', sharing: 'pool', carryOver: '' }

/** A limit in USD. One that is spent already is asked about once before it is set. */
export function BudgetFields({ edited, onDone }: { edited: Edited; onDone: () => void }) {
  const { slug, timeZone } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const set = useMutation(api.budgets.set.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const [asking, setAsking] = useState<{ form: BudgetForm; effect: Effect } | undefined>()
  // `raw`: the procedure parses the same text, so it is sent as typed.
  const form = useForm({ resolver: zodResolver(budgetForm, undefined, { raw: true }), defaultValues: formOf(edited) })
  const { errors, isSubmitting } = form.formState
  const { scope } = edited.branch
  const onePerson = scope.kind === 'user' || scope.kind === 'key'
  const asked = { org: slug, scope: { kind: scope.kind, id: scope.id } }

  const save = async (values: BudgetForm) => {
    setFailure(undefined)
    try {
      await set.mutateAsync({ ...asked, ...values, id: edited.budget?.id ?? null })
      await queries.invalidateQueries(api.budgets.pathFilter())
      toast.done('Limit saved')
      onDone()
    } catch (error) {
      setAsking(undefined)
      setFailure(showInForm(form, error))
    }
  }
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      const effect = await queries.fetchQuery({
        ...api.budgets.effect.queryOptions({ ...asked, ...values }),
        staleTime: 0,
      })
      if (refusesAtOnce(values, effect)) setAsking({ form: values, effect })
      else await save(values)
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  const [period, mode, sharing] = useWatch({ control: form.control, name: ['period', 'mode', 'sharing'] })
  const now = useNow()
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.stopPropagation()
        void submit(event)
      }}
    >
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Limit (USD)" error={errors.limit?.message} required>
          <Input inputMode="decimal" prefix="$" placeholder="100.00" {...form.register('limit')} />
        </Field>
        <Field label="Period" error={errors.period?.message}>
          <Select {...form.register('period')}>
            {budgetPeriods.map((each) => (
              <option key={each} value={each}>
                {periodNames[each]}
              </option>
            ))}
          </Select>
        </Field>
        <Field
          label="At the limit"
          error={errors.mode?.message}
          hint={mode === 'hard' ? 'Requests that do not fit are refused' : 'Nothing is refused'}
        >
          <Select {...form.register('mode')}>
            <option value="hard">{modeNames.hard}</option>
            <option value="soft">{modeNames.soft}</option>
          </Select>
        </Field>
        <Field
          label="Applies to"
          error={errors.sharing?.message}
          hint={
            onePerson
              ? 'There is only one to share it'
              : sharing === 'pool'
                ? 'All together spend from one limit'
                : 'Everybody has this limit for themselves'
          }
        >
          <Select {...form.register('sharing')} disabled={onePerson}>
            <option value="pool">{sharingNames.pool}</option>
            {onePerson ? null : <option value="each">{sharingNames.each}</option>}
          </Select>
        </Field>
        {period === 'all' ? null : (
          <Field
            label="Carry over unused, at most"
            aside="Optional"
            error={errors.carryOver?.message}
            hint="Added to the next period’s limit, once. Empty: nothing is"
          >
            <Input inputMode="decimal" prefix="$" placeholder="0.00" {...form.register('carryOver')} />
          </Field>
        )}
      </div>
      <p className="text-sm text-muted" suppressHydrationWarning>
        {resetSentence(period, timeZone, now)}
      </p>
      {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" loading={isSubmitting || set.isPending}>
          Save
        </Button>
      </div>
      {asking ? (
        <LowerDialog
          name={scope.name}
          form={asking.form}
          effect={asking.effect}
          busy={set.isPending}
          onCancel={() => setAsking(undefined)}
          onConfirm={() => void save(asking.form)}
        />
      ) : null}
    </form>
  )
}

/** Whether setting the limit refuses somebody from now on. */
function refusesAtOnce(values: BudgetForm, effect: Effect): boolean {
  if (values.mode === 'soft') return false
  const limit = budgetForm.parse(values).limit
  return values.sharing === 'each' ? effect.over > 0 : effect.spent + effect.held >= limit && effect.spent > 0n
}
