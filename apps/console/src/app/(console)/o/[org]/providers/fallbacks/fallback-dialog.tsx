'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { mostStandIns } from '@tollkeeper/domain/policy'
import { useState } from 'react'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

export type Fallbacks = inferRouterOutputs<AppRouter>['fallbacks']['list']
export type Chain = Fallbacks['chains'][number]
type Model = Fallbacks['models'][number]

type Props = { models: readonly Model[]; taken: readonly string[]; chain: Chain | null; onClose: () => void }

/** Sets which models answer instead of one. A chosen stand-in makes room for another, up to five. */
export function FallbackDialog({ models, taken, chain, onClose }: Props) {
  const { slug } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const save = useMutation(api.fallbacks.set.mutationOptions())
  const free = models.filter(({ name }) => !taken.includes(name))
  const [model, setModel] = useState(chain?.model ?? free[0]?.name ?? '')
  const [standIns, setStandIns] = useState<readonly string[]>(chain?.standIns ?? [])
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const places = [...standIns, ...(standIns.length < mostStandIns ? [''] : [])]
  const choose = (at: number, name: string) =>
    setStandIns(places.map((there, i) => (i === at ? name : there)).filter((there) => there !== ''))
  const submit = async () => {
    try {
      await save.mutateAsync({ org: slug, model, standIns: [...standIns] })
      toast.done(standIns.length === 0 ? `${model} has no fallback` : `${model} has a fallback`)
      await queries.invalidateQueries({ queryKey: api.fallbacks.pathKey() })
      onClose()
    } catch (error) {
      setFailure(failureOf(error))
    }
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={chain ? 'Edit fallback' : 'Add fallback'}
      description="Asked in this order when a provider fails before its first byte, each at its own price."
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={save.isPending} disabled={!chain && standIns.length === 0}>
            Save fallback
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <Field label="For model">
          <Select value={model} disabled={chain !== null} onChange={(event) => setModel(event.target.value)}>
            {(chain ? [{ name: chain.model }] : free).map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        {places.map((chosen, at) => (
          <Field key={at} label={at === 0 ? 'Then' : `Then (${at + 1})`} hint={hintOf(models, chosen)}>
            <Select value={chosen} onChange={(event) => choose(at, event.target.value)}>
              <option value="">{chosen === '' ? 'Choose a model' : 'Remove'}</option>
              {optionsFor(models, { model, chosen, standIns }).map((option) => (
                <option key={option.name} value={option.name}>
                  {option.provider === null ? `${option.name} (not offered)` : `${option.name} at ${option.provider}`}
                </option>
              ))}
            </Select>
          </Field>
        ))}
      </div>
    </Dialog>
  )
}

/** Every other model that is not chosen elsewhere, and the chosen one even if nobody offers it any more. */
function optionsFor(
  models: readonly Model[],
  { model, chosen, standIns }: { model: string; chosen: string; standIns: readonly string[] },
): { name: string; provider: string | null }[] {
  const offered = models.filter(({ name }) => name === chosen || (name !== model && !standIns.includes(name)))
  const isGone = chosen !== '' && !models.some(({ name }) => name === chosen)
  return isGone ? [{ name: chosen, provider: null }, ...offered] : offered
}

function hintOf(models: readonly Model[], name: string): string | undefined {
  const model = models.find((each) => each.name === name)
  if (!model) return undefined
  const facts = [
    ...(model.free ? ['Costs nothing'] : []),
    ...(model.unpriced ? ['Has no price: passed over under a hard budget'] : []),
    ...(model.keepsTools ? [] : ['Passed over where tools or a JSON schema are asked for']),
  ]
  return facts.length === 0 ? undefined : `${facts.join('. ')}.`
}
