import type { BudgetNode } from '@tollkeeper/domain/budget'
import { nodeIdOf } from '@tollkeeper/domain/budget'
import type { AttemptId, BudgetId, KeyId, OrgId, ProviderId, RequestId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { RateLimit } from '@tollkeeper/domain/rate'
import type { AttemptMeta, AttemptResult, RequestEvent } from '@tollkeeper/domain/usage'
import type { Hold } from '../src/budgets.ts'
import type { Permit } from '../src/rates.ts'

/** Beyond any clock: the end of the window of an all-time budget. */
export const endOfTime = 8_640_000_000_000_000

let counter = 0
/** A name no other test in this process has. */
const unique = (prefix: string): string => `${prefix}_${process.pid}_${(counter += 1)}`

export const anOrgId = (): OrgId => unique('org') as OrgId
const anAttemptId = (): AttemptId => unique('att') as AttemptId

export type NodeWishes = {
  budget?: string
  subject?: string
  limit?: NanoUsd
  mode?: 'hard' | 'soft'
  version?: number
  opening?: NanoUsd
  window?: BudgetNode['window']
}

/** A budget's counter: all time, hard, 1,000 nano-USD unless told. */
export function aNode(wishes: NodeWishes = {}): BudgetNode {
  const window = wishes.window ?? { id: 'a0', startMs: 0, endMs: endOfTime }
  const id = (wishes.budget ?? unique('bud')) as BudgetId
  return {
    id: nodeIdOf(id, wishes.subject ?? null, window.id),
    budget: {
      id,
      scope: { kind: 'team', id: 'team_1', name: 'Team' },
      period: 'all',
      limit: wishes.limit ?? 1_000n,
      mode: wishes.mode ?? 'hard',
      sharing: 'pool',
      version: wishes.version ?? 1,
      opening: null,
    },
    window,
    opening: wishes.opening ?? 0n,
  }
}

/** Rate limits of a scope: none unless told. */
export function aRateLimit(wishes: Partial<RateLimit> = {}): RateLimit {
  return {
    scope: { kind: 'team', id: unique('team'), name: 'Team' },
    requestsPerMinute: null,
    requestsPerHour: null,
    tokensPerMinute: null,
    tokensPerHour: null,
    bucket: null,
    concurrency: null,
    ...wishes,
  }
}

/** A request of its own that runs. */
export const aPermit = (kind: Permit['kind'] = 'whole'): Permit => ({ id: unique('req'), kind })

export const aMeta = (orgId: OrgId): AttemptMeta => ({
  requestId: 'req_1' as RequestId,
  scopes: { orgId, teamId: null, roleGroupId: null, roleId: null, userId: null, keyId: 'key_1' as KeyId },
  providerId: 'prov_1' as ProviderId,
  model: 'sim-small',
  priceVersion: 'v1',
  atMs: 1_790_000_000_000,
})

/** A hold of 100 nano-USD and 10 tokens unless told. */
export function aHold(wishes: Partial<Hold> = {}): Hold {
  const orgId = wishes.orgId ?? anOrgId()
  return {
    orgId,
    attemptId: anAttemptId(),
    amount: 100n,
    tokens: 10,
    nodes: [],
    rates: [],
    meta: aMeta(orgId),
    ...wishes,
  }
}

export const anAnswer: AttemptResult = {
  outcome: 'answered',
  usageSource: 'reported',
  tokens: { inputUncached: 4, outputText: 5 },
  status: 200,
}

/** The settlement of a hold: its whole amount and tokens unless told. */
export const settlementOf = (
  hold: Hold,
  wishes: { amount?: NanoUsd; tokens?: number; request?: RequestEvent } = {},
) => ({
  orgId: hold.orgId,
  attemptId: hold.attemptId,
  nodes: hold.nodes,
  rates: hold.rates,
  amount: wishes.amount ?? hold.amount,
  tokens: wishes.tokens ?? hold.tokens,
  result: anAnswer,
  ...(wishes.request ? { request: wishes.request } : {}),
})

export const aRequestEvent = (orgId: OrgId, requestId = 'req_1'): RequestEvent => ({
  requestId: requestId as RequestId,
  scopes: aMeta(orgId).scopes,
  atMs: 1_790_000_000_000,
  count: 1,
  dialect: 'openai-chat',
  stream: false,
  modelAsked: 'sim-small',
  modelUsed: 'sim-small',
  providerId: 'prov_1',
  status: 200,
  failure: null,
  refusal: null,
  attempts: 1,
  timeline: [],
  firstByteMs: 3,
  totalMs: 5,
  userAgent: null,
  maxTokensClamped: null,
})
