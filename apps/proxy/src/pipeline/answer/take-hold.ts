import type { BudgetNode } from '@tollkeeper/domain/budget'
import { fail } from '@tollkeeper/domain/failure'
import type { AttemptId } from '@tollkeeper/domain/id'
import { clamp, mostClamps } from '@tollkeeper/domain/ledger'
import { maxHoldNano, worstCase, type NanoUsd } from '@tollkeeper/domain/price'
import type { RateLimit } from '@tollkeeper/domain/rate'
import type { Instant } from '@tollkeeper/domain/time'
import type { AttemptMeta } from '@tollkeeper/domain/usage'
import type { Hold, HoldReply, Preview } from '@tollkeeper/redis/budgets'
import type { CeilingShare } from '../../ceiling/ceiling-window.ts'
import type { SliceShare } from '../../slices/slice.ts'
import type { Candidate, Routed } from '../exchange.ts'
import { atLeastAnnounced, exactAsk, firstAsk, usefulCap, type Ask, type BoundDeps } from './bound.ts'
import { largestOutput } from './largest-output.ts'
import { refusedByBudget, refusedByTokens } from './refusal.ts'

/** A hold that is asked for. */
export type Asked = Omit<Held, 'headroom' | 'tightest' | 'share' | 'ceilingShare'>

/** A hold that was taken: what may be used, and what it is charged to. */
export type Held = Ask & {
  attemptId: AttemptId
  amount: NanoUsd
  nodes: readonly BudgetNode[]
  /** Limits that tokens were taken from. */
  rates: readonly RateLimit[]
  headroom: NanoUsd | null
  /** The budget with that amount. */
  tightest: BudgetNode | null
  /** The part of a slice that pays; null: a hold of its own. */
  share: SliceShare | null
  /** The part of the installation's ceiling, where there is one. */
  ceilingShare?: CeilingShare
}

export type TakeHold = (
  routed: Routed,
  candidate: Candidate,
  attempt: { id: AttemptId; bodyBytes: number },
) => Promise<Held>

export type TakeHoldDeps = BoundDeps & {
  hold: (hold: Hold) => Promise<HoldReply>
  /** What a hold would be answered, and how every budget of its chain stands. */
  preview: (hold: Hold) => Promise<Preview>
  /** Reads the epochs again after a fence. */
  refreshEpochs: (orgId: Hold['orgId']) => Promise<unknown>
  /** The store's clock as far as this process knows it. */
  storeNow: () => Instant
  /** Learns what the store's clock says. */
  storeSays: (now: Instant) => void
  random: () => number
}

/**
 * Takes the hold of one attempt over the whole chain, clamping its output to what the tightest budget still pays for.
 *
 * @throws Failure when too little fits, naming what would
 * @throws StoreUnavailable
 */
export function makeTakeHold(deps: TakeHoldDeps): TakeHold {
  return async (routed, candidate, attempt) => {
    let ask = await firstAsk(deps, routed, candidate, attempt.bodyBytes)
    noteAsk(routed, candidate, ask)
    for (let turn = 0; turn < mostClamps; turn += 1) {
      const { reply, held } = await holdOnce(deps, routed, candidate, attempt.id, ask)
      switch (reply.kind) {
        case 'held':
          routed.standing.headroom = reply.headroom
          return { ...held, headroom: reply.headroom, tightest: nodeAt(held.nodes, reply.tightest), share: null }
        case 'refused':
          if (ask.exact) ask = await smallerAsk(deps, routed, candidate, held, reply)
          else {
            ask = await exactAsk(deps, routed, candidate)
            noteAsk(routed, candidate, ask)
          }
          break
        case 'fenced':
        case 'window':
        case 'missing':
          throw fail('budget_store_unavailable', undefined, { retryAfterMs: 2_000 })
      }
    }
    throw fail('overloaded', undefined, { retryAfterMs: 1_000 })
  }
}

/** Keeps what is asked before any budget has clamped it: with that the request can be replayed under other limits. */
function noteAsk(routed: Routed, candidate: Candidate, { input, exact, cap }: Ask): void {
  const least = usefulCap(routed, candidate)
  const { choices } = routed.chat
  routed.journey.ask = { input, exact, cap, least, choices, priceVersion: candidate.price.version }
}

/** One hold, with the two answers that only say that this process was behind the store. */
async function holdOnce(deps: TakeHoldDeps, routed: Routed, candidate: Candidate, id: AttemptId, ask: Ask) {
  const { standing, chat } = routed
  const { orgId } = standing.record.scopes
  const { rates } = standing.limitsFor(candidate.model.name)
  const amount = worstCase({ input: ask.input, output: ask.cap * chat.choices }, candidate.price) ?? maxHoldNano
  const holdNow = async () => {
    const atMs = deps.storeNow()
    const nodes = standing.nodesAt(atMs)
    const meta = metaOf(routed, candidate, atMs)
    const reply = await deps.hold({
      orgId,
      attemptId: id,
      amount,
      tokens: ask.tokens,
      nodes,
      rates,
      meta,
    })
    return { reply, held: { ...ask, attemptId: id, amount, nodes, rates } }
  }
  if (amount > maxHoldNano)
    throw fail('invalid_request', {
      why: 'This request could cost more than one hold can carry. Ask for fewer output tokens.',
    })
  const first = await holdNow()
  if (first.reply.kind === 'fenced') await deps.refreshEpochs(orgId)
  else if (first.reply.kind === 'window') deps.storeSays(first.reply.nowMs)
  else return first
  return holdNow()
}

/** What is kept beside a charge. */
export const metaOf = ({ journey, standing }: Routed, candidate: Candidate, atMs: Instant): AttemptMeta => ({
  requestId: journey.requestId,
  scopes: standing.record.scopes,
  providerId: candidate.provider.id,
  model: candidate.model.name,
  priceVersion: candidate.price.version,
  atMs,
})

const nodeAt = (nodes: readonly BudgetNode[], at: number | null): BudgetNode | null =>
  at === null ? null : (nodes[at] ?? null)

type Refused = Extract<HoldReply, { kind: 'refused' }>

/** The largest ask that gets past what refused. @throws Failure when that is too little to be useful */
async function smallerAsk(
  deps: TakeHoldDeps,
  routed: Routed,
  candidate: Candidate,
  held: Asked,
  reply: Refused,
): Promise<Ask> {
  const { choices } = routed.chat
  const least = usefulCap(routed, candidate)
  const withCap = (cap: number): Ask => ({ ...held, cap, tokens: atLeastAnnounced(routed, held.input + cap * choices) })

  if (reply.by === 'tokens') {
    const fits = Math.floor((reply.limit - held.input) / choices)
    if (reply.retryAfterMs === null && fits >= least && fits < held.cap) return withCap(fits)
    throw refusedByTokens(routed, held, reply)
  }
  const short = { over: reply.reason === 'over', used: reply.used, held: reply.held, limit: reply.limit }
  const clamped = clamp({ input: held.input, cap: held.cap, choices, least }, candidate.price, short)
  if (clamped.kind === 'smaller') return withCap(clamped.cap)
  throw refusedByBudget(routed, held, reply, {
    later: clamped.later,
    fits: await fitsAll(deps, routed, candidate, { ...held, cap: clamped.fits }),
    retryAfterMs: 1_000 + Math.floor(deps.random() * 2_000),
  })
}

/**
 * What fits into the budget that refused may not fit into the others, and a caller that asks for it must not be refused
 * again: the rest of the chain is looked at. Only for refusals that have something to offer.
 */
async function fitsAll(deps: TakeHoldDeps, routed: Routed, candidate: Candidate, held: Asked): Promise<number> {
  const { input, cap, attemptId, nodes } = held
  if (cap === 0) return 0
  const { standing, chat } = routed
  const amount = worstCase({ input, output: cap * chat.choices }, candidate.price)
  if (amount === undefined) return 0
  const { orgId } = standing.record.scopes
  const meta = metaOf(routed, candidate, deps.storeNow())
  const { rates } = standing
  const preview = await deps.preview({ orgId, attemptId, amount, tokens: held.tokens, nodes, rates, meta })
  return Math.min(cap, largestOutput({ input, choices: chat.choices, candidate, preview }))
}
