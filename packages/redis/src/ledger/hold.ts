import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import { maxHoldNano, type NanoUsd } from '@tollkeeper/domain/price'
import type { RateLimit, TokenLimit } from '@tollkeeper/domain/rate'
import type { AttemptMeta } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { counterIndexKey, epochKey, holdKey, leaseMember, leasesKey, sequenceKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf, type Shard } from '../shards.ts'
import { mostTokens, tokenLimitCall, tokenLimitsIn } from '../token-limits.ts'
import { countersOf } from './counters.ts'

/** What is taken before one attempt may be sent. */
export type Hold = {
  orgId: OrgId
  attemptId: AttemptId
  /** Upper bound of the cost, at most 999,999.999999999 USD; 0 for a model that costs nothing. */
  amount: NanoUsd
  /** Upper bound of input and output tokens together. */
  tokens: number
  /**
   * Budgets of the chain, root first. Never changed afterwards: what the scripts take of a list is remembered by the
   * list, as it is of `rates`.
   */
  nodes: readonly BudgetNode[]
  /** Rate limits of the chain, root first; those without a limit on tokens count for nothing here. */
  rates: readonly RateLimit[]
  meta: AttemptMeta
}

/**
 * What a hold is answered. A refusal names the first in order of the chain that refuses, and prefers what can never
 * fit to what would fit later: a budget that is used up, then a token limit below the tokens asked for, then a budget
 * that is held by others, then the token limit with the longest wait.
 */
export type HoldReply =
  | {
      kind: 'held'
      /** Grows with every change in the shard. */
      seq: number
      /** Smallest amount left after this hold over the hard budgets; null when there are none. */
      headroom: NanoUsd | null
      /** Index into `nodes` of the budget with that amount, the first of equals; null when there are none. */
      tightest: number | null
    }
  | {
      kind: 'refused'
      by: 'budget'
      /** `over`: would not fit even if every hold came back. `held`: would. */
      reason: 'over' | 'held'
      /** Index into `nodes`. */
      node: number
      used: NanoUsd
      held: NanoUsd
      limit: NanoUsd
    }
  | {
      kind: 'refused'
      by: 'tokens'
      /** Index into `rates`. */
      rate: number
      unit: TokenLimit['unit']
      limit: number
      /** Until it would fit if nobody else asked; null: never. */
      retryAfterMs: number | null
    }
  /** The shard's epoch is missing or another than the caller knows: nothing may be spent. */
  | { kind: 'fenced' }
  /** The store's clock is outside a budget's window: choose the windows anew at `nowMs` and ask once more. */
  | { kind: 'window'; nowMs: number }
  /** The counter of a budget was lost; until it is put back nothing may be spent there. `node`: index into `nodes`. */
  | { kind: 'missing'; node: number }

export const holdScript = defineScript('hold_v2')

const answers = { OK: 5, FENCED: 1, WINDOW: 2, MISSING: 2, EXISTS: 2, OVER: 5, HELD: 5, TOKENS: 4 }

export function makeHold(redis: Redis, options: { leaseMs: number; epochOf: (shard: Shard) => string | undefined }) {
  return async (hold: Hold): Promise<HoldReply> => {
    const epoch = options.epochOf(shardOf(hold.orgId))
    if (epoch === undefined) return { kind: 'fenced' }
    const limits = tokenLimitsIn(hold.orgId, hold.rates)
    const { keys, args } = holdCall(hold, limits, { epoch, leaseMs: options.leaseMs })
    return parseHoldReply(await holdScript.run(redis, keys, args), limits)
  }
}

/** Keys and arguments of hold_v2; a lease of null is a dry run. @throws RangeError for an amount or a count of tokens beyond its bounds. */
export function holdCall(hold: Hold, limits: readonly TokenLimit[], with_: { epoch: string; leaseMs: number | null }) {
  const { orgId, attemptId, amount, tokens, nodes } = hold
  if (amount < 0n || amount > maxHoldNano) throw new RangeError(`A hold of ${amount} nano-USD is out of bounds`)
  if (!Number.isSafeInteger(tokens) || tokens < 0 || tokens > mostTokens) throw new RangeError(`${tokens} tokens`)
  const shard = shardOf(orgId)
  const counters = countersOf(orgId, nodes)
  const tokenLimits = tokenLimitCall(orgId, limits)
  return {
    keys: [
      epochKey(shard),
      sequenceKey(shard),
      holdKey(orgId, attemptId),
      leasesKey(shard),
      counterIndexKey(orgId),
      ...counters.keys,
      ...tokenLimits.keys,
    ],
    args: [
      with_.epoch,
      leaseMember(orgId, attemptId),
      amount.toString(),
      with_.leaseMs ?? '',
      tokens,
      JSON.stringify(hold.meta),
      counters.ids,
      tokenLimits.ids,
      nodes.length,
      ...counters.args,
      ...tokenLimits.args,
      ...counters.inForce,
    ],
  }
}

/** @throws UnexpectedReply; Error when the id was used for another hold, or its hold is closed. */
export function parseHoldReply(raw: unknown, limits: readonly TokenLimit[]): HoldReply {
  const reply = readReply(holdScript.name, raw, answers)
  switch (reply.kind) {
    case 'OK':
      return reply.text(2) === ''
        ? { kind: 'held', seq: reply.count(1), headroom: null, tightest: null }
        : { kind: 'held', seq: reply.count(1), headroom: reply.nano(2), tightest: reply.count(4) - 1 }
    case 'OVER':
    case 'HELD':
      return {
        kind: 'refused',
        by: 'budget',
        reason: reply.kind === 'OVER' ? 'over' : 'held',
        node: reply.count(1) - 1,
        used: reply.nano(2),
        held: reply.nano(3),
        limit: reply.nano(4),
      }
    case 'TOKENS': {
      const limit = limits[reply.count(1) - 1]
      if (!limit) throw reply.unexpected()
      const { rate, unit } = limit
      const retryAfterMs = reply.text(2) === '' ? null : reply.count(2)
      return { kind: 'refused', by: 'tokens', rate, unit, limit: limit.limit, retryAfterMs }
    }
    case 'FENCED':
      return { kind: 'fenced' }
    case 'WINDOW':
      return { kind: 'window', nowMs: reply.count(1) }
    case 'MISSING':
      return { kind: 'missing', node: reply.count(1) - 1 }
    case 'EXISTS':
      throw new Error(`The attempt has a hold already, in state ${reply.text(1)}`)
    default:
      throw reply.unexpected()
  }
}
