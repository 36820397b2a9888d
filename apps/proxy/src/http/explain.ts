import type { ChatRequest } from '@tollkeeper/domain/chat'
import { fail } from '@tollkeeper/domain/failure'
import { newId, orgId } from '@tollkeeper/domain/id'
import type { KeyRecord } from '@tollkeeper/domain/policy'
import { scopeIds } from '@tollkeeper/domain/usage'
import { readJson } from '@tollkeeper/wire/json'
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Turn } from '../concurrency/turn.ts'
import type { Admitted } from '../pipeline/exchange.ts'
import { makeQuoteOf, type QuoteDeps } from '../pipeline/quote/quote.ts'
import type { Route } from '../pipeline/route.ts'
import { standingOf, type Standing } from '../standing/standing.ts'
import type { Standings } from '../standing/standings.ts'
import { quoteBody } from './quote-body.ts'
import { beginJourney } from './receive.ts'

const body = z.object({
  orgId,
  /** Whose request it would be: a key by its public id, or a chain without one. */
  subject: z.union([
    z.object({ key: z.string().max(64) }),
    z.object({ scopes: scopeIds.omit({ orgId: true, keyId: true }) }),
  ]),
  model: z.string().max(256),
  inputTokens: z.int().nonnegative().max(100_000_000),
  /** Null: as much as a request gets that names no cap. */
  maxOutputTokens: z.int().positive().max(100_000_000).nullable(),
})

export type ExplainDeps = Omit<QuoteDeps, 'inputTokens'> & {
  standings: Pick<Standings, 'find' | 'org'>
  route: Route
  read: (body: unknown) => ChatRequest
  now: () => number
  monotonic: () => number
}

/**
 * `POST /internal/explain`, for the console: the quote of a request of that size by a key or a person, with all amounts,
 * since the console knows who may see which. @throws Failure
 */
export function makeExplain(deps: ExplainDeps) {
  return async (bytes: Buffer): Promise<object> => {
    const parsed = body.safeParse(readJson(bytes))
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      const why = `Not a question about limits: ${issue?.message ?? ''}.`
      throw fail('invalid_request', { why }, { param: issue?.path.join('.') ?? '' })
    }
    const { model, inputTokens, maxOutputTokens } = parsed.data
    const standing = openly(await standingFor(deps.standings, parsed.data))
    const cap = maxOutputTokens === null ? {} : { max_completion_tokens: maxOutputTokens }
    const chat = deps.read({ model, messages: [{ role: 'user', content: '' }], ...cap })
    const at = { ms: deps.now(), monotonic: deps.monotonic() }
    const journey = {
      ...beginJourney({ requestId: newId('request', randomBytes), dialect: 'openai-chat' }, { headers: {} }, at),
      standing,
      chat,
    }
    const asked: Admitted = {
      journey,
      standing,
      chat,
      allowance: null,
      key: { text: '', publicId: '' },
      narrowing: { userId: undefined, teamId: undefined, role: undefined, roleGroup: undefined },
      body: bytes,
      passedHeaders: [],
      client: { gone: () => false },
      idempotencyKey: undefined,
      mayShare: false,
      turn: new Turn(),
    }
    const routed = deps.route(asked)
    const quoteOf = makeQuoteOf({ ...deps, inputTokens: async () => inputTokens })
    return quoteBody(routed, await quoteOf(routed, inputTokens), journey.requestId)
  }
}

async function standingFor(standings: ExplainDeps['standings'], asked: z.output<typeof body>): Promise<Standing> {
  if ('key' in asked.subject) {
    const found = await standings.find(asked.subject.key)
    if (found.kind === 'cannot-know') throw fail('budget_store_unavailable', undefined, { retryAfterMs: 2_000 })
    if (found.kind === 'found' && found.standing.record.scopes.orgId === asked.orgId) return found.standing
    throw fail('invalid_api_key', undefined)
  }
  const org = await standings.org(asked.orgId)
  if (!org) throw fail('budget_store_unavailable', undefined, { retryAfterMs: 2_000 })
  const keyId = newId('key', randomBytes)
  return standingOf(nobodysKey({ ...asked.subject.scopes, orgId: asked.orgId, keyId }), org)
}

/** What stands for the key of a person who is asked about without one. */
const nobodysKey = (scopes: KeyRecord['scopes']): KeyRecord => ({
  version: 0,
  publicId: '',
  name: '',
  hash: '',
  pepperVersion: 0,
  status: 'active',
  statusChangedAtMs: null,
  expiresAtMs: null,
  scopes,
  allowedModels: null,
})

/** With amounts, and without a link to a page that there is not. */
function openly(standing: Standing): Standing {
  const { policy } = standing.org
  const settings = { ...policy.settings, showAmounts: true, consoleUrl: null }
  return { ...standing, org: { ...standing.org, policy: { ...policy, settings } } }
}
