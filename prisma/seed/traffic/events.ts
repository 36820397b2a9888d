import type { UsageEntry } from '@tollkeeper/db/ledger'
import { newId, type AttemptId, type ProviderId } from '@tollkeeper/domain/id'
import { costOf, worstCase, type Price } from '@tollkeeper/domain/price'
import type { ScopeIds } from '@tollkeeper/domain/scope'
import type { AttemptEvent, RefusalDetail, RequestEvent } from '@tollkeeper/domain/usage'
import type { Random } from '../random.ts'
import type { Turn } from './turn.ts'

export type Sender = { scopes: ScopeIds; providerId: ProviderId }

/** How often a provider fails by itself. */
const failureRate = 0.004
const clientLeavesRate = 0.005

/** An answered request, or one that the provider failed: its row and its attempt, as the gateway would have written them. */
export function sent(turn: Turn, from: Sender, price: Price, random: Random, outage: boolean): UsageEntry['payload'] {
  const failed = random.chance(outage ? 0.8 : failureRate)
  const left = !failed && turn.stream && random.chance(clientLeavesRate)
  const { tokens } = turn
  const input = (tokens.inputUncached ?? 0) + (tokens.inputCacheRead ?? 0)
  const hold = worstCase({ input, output: turn.maxOutput }, price)
  const amount = failed ? 0n : costOf(tokens, price)
  if (hold === undefined || amount === undefined) throw new Error(`${turn.model} has no whole price`)
  const base = rowOf(turn, from, random)
  const firstByteMs = failed ? null : round(random.skewed(620, 0.5))
  const totalMs = failed
    ? round(random.skewed(900, 0.5))
    : round((firstByteMs ?? 0) + (tokens.outputText ?? 0) * random.between(7, 14))
  const request: RequestEvent = {
    ...base,
    modelUsed: turn.model,
    providerId: from.providerId,
    status: failed ? 503 : left ? 499 : 200,
    failure: failed ? 'upstream_unavailable' : null,
    attempts: 1,
    timeline: [
      ...walk(random),
      ...(firstByteMs === null ? [] : [{ step: 'first byte', ms: firstByteMs }]),
      { step: 'provider', ms: totalMs },
    ],
    firstByteMs: turn.stream ? firstByteMs : null,
    totalMs: round(totalMs + random.between(0.2, 1.2)),
  }
  const event: AttemptEvent = {
    attemptId: base.requestId.replace(/^req_/, 'att_') as AttemptId,
    kind: 'final',
    amount,
    hold: hold > amount ? hold : amount,
    // The history is older than the budgets: they open with it, and their counters are not named by it.
    nodes: [],
    meta: {
      requestId: base.requestId,
      scopes: from.scopes,
      providerId: from.providerId,
      model: turn.model,
      priceVersion: price.version,
      atMs: turn.atMs,
    },
    result: {
      outcome: failed ? 'provider-failed' : left ? 'client-left' : 'answered',
      usageSource: 'reported',
      tokens: failed ? {} : tokens,
      status: failed ? 503 : 200,
    },
  }
  return { kind: 'attempt', event, request }
}

/** A request that a rule said no to: no attempt, no money. */
export function refused(
  turn: Omit<Turn, 'model'> & { model: string },
  from: Sender,
  random: Random,
  why: { status: number; failure: string; refusal: RefusalDetail | null; count?: number },
): UsageEntry['payload'] {
  const timeline = walk(random)
  const event: RequestEvent = {
    ...rowOf(turn, from, random),
    count: why.count ?? 1,
    modelUsed: null,
    providerId: null,
    status: why.status,
    failure: why.failure,
    refusal: why.refusal,
    attempts: 0,
    timeline,
    firstByteMs: null,
    totalMs: round((timeline.at(-1)?.ms ?? 1) + 0.2),
  }
  return { kind: 'request', event }
}

const rowOf = (turn: Omit<Turn, 'model'> & { model: string }, from: Sender, random: Random) => ({
  requestId: newId('request', (count) => random.bytes(count)),
  scopes: from.scopes,
  atMs: turn.atMs,
  count: 1,
  dialect: 'openai-chat' as const,
  stream: turn.stream,
  modelAsked: turn.model,
  refusal: null,
  userAgent: turn.userAgent,
  maxTokensClamped: null,
})

function walk(random: Random): RequestEvent['timeline'] {
  let ms = 0
  return ['authenticate', 'understand', 'admit', 'route', 'hold'].map((step) => {
    ms += random.between(0.05, 0.7)
    return { step, ms: round(ms) }
  })
}

const round = (ms: number): number => Math.round(ms * 100) / 100
