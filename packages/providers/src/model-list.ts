import { z } from 'zod'
import type { Caller } from './http/caller.ts'
import { forbiddenAddress } from './http/guarded-connector.ts'
import type { ReplyHeaders } from './http/outcome.ts'
import type { Target } from './target.ts'

/** What a provider says about itself when asked for its models; the console's "Verify". */
export type Verification =
  | {
      ok: true
      status: number
      models: { id: string; ownedBy: string | null }[]
      limits: { requests?: number; tokens?: number } | null
      latencyMs: number
    }
  | { ok: false; status: number | null; message: string }

const listBody = z.object({
  data: z.array(z.looseObject({ id: z.string().max(200), owned_by: z.string().max(200).nullish() })),
})

/** Asks a provider for its models, which proves that address and credential work and costs nothing. */
export async function verifyProvider(caller: Caller, target: Target, now: () => number): Promise<Verification> {
  const started = now()
  const outcome = await caller.get(target, '/models')
  switch (outcome.kind) {
    case 'answered':
      return readList(outcome.body, outcome.headers, Math.round(now() - started))
    case 'refused':
      return { ok: false, status: outcome.status, message: refusalText(outcome.status) }
    case 'failed':
      return { ok: false, status: outcome.status, message: `The provider answered with status ${outcome.status}.` }
    case 'not-sent':
      return { ok: false, status: null, message: unreachableText(outcome.reason) }
    case 'ambiguous':
      return {
        ok: false,
        status: outcome.status,
        message: outcome.timedOut ? 'The provider did not answer in time.' : 'The provider closed the connection.',
      }
  }
}

const unreachableText = (reason: string): string =>
  reason === forbiddenAddress
    ? 'The address is inside a private network, where this installation does not call providers.'
    : `The provider cannot be reached (${reason}).`

function refusalText(status: number): string {
  if (status === 401 || status === 403) return 'The provider does not accept this credential.'
  if (status === 404)
    return 'There is no model list at this address. Does the base URL end as the provider says, for example in "/v1"?'
  return `The provider refused with status ${status}.`
}

function readList(body: Buffer, headers: ReplyHeaders, latencyMs: number): Verification {
  const parsed = listBody.safeParse(parsedJson(body))
  if (!parsed.success) return { ok: false, status: 200, message: 'What answered is not a list of models.' }
  const models = parsed.data.data.map((model) => ({ id: model.id, ownedBy: model.owned_by ?? null }))
  const requests = limitIn(headers['x-ratelimit-limit-requests'])
  const tokens = limitIn(headers['x-ratelimit-limit-tokens'])
  const limits = { ...(requests !== undefined && { requests }), ...(tokens !== undefined && { tokens }) }
  return { ok: true, status: 200, models, limits: Object.keys(limits).length > 0 ? limits : null, latencyMs }
}

const limitIn = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : undefined

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
