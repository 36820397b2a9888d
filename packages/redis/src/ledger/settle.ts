import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import { maxHoldNano, type NanoUsd } from '@tollkeeper/domain/price'
import type { RateLimit, TokenLimit } from '@tollkeeper/domain/rate'
import type { AttemptResult, RequestEvent } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { holdKey, leaseMember, leasesKey, sequenceKey, usageStreamKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf } from '../shards.ts'
import { mostTokens, tokenLimitCall, tokenLimitsIn } from '../token-limits.ts'
import { countersOf } from './counters.ts'
import { onItsCounters } from './on-its-counters.ts'

/** How an attempt ended and what it cost. */
export type Settlement = {
  orgId: OrgId
  attemptId: AttemptId
  amount: NanoUsd
  /** Input and output tokens that were really used. */
  tokens: number
  /** As they were held. */
  nodes: readonly BudgetNode[]
  /** As they were held. */
  rates: readonly RateLimit[]
  result: AttemptResult
  /** The request's own row, when this attempt is its last: saves an entry of the stream. */
  request?: RequestEvent
}

export type SettleReply = {
  /**
   * `settled`: charged. `corrected`: the sweeper had charged the hold provisionally, now the truth is charged.
   * `duplicate`: was settled before. `gone`: there is no such hold (expired, lost, or released); nothing was charged.
   */
  kind: 'settled' | 'corrected' | 'duplicate' | 'gone'
  /** The cost is above what was held: the only way past a limit (house.md 3.5). */
  overage: boolean
}

const settleScript = defineScript('settle_v1')

const answers = { SETTLED: 3, CORRECTED: 3, DUP: 1, GONE: 1, OTHER: 2 }

/** Idempotent: to be called again until it is acknowledged. @throws RangeError for an amount beyond bounds. */
export const makeSettle =
  (redis: Redis) =>
  (settlement: Settlement, onSequence?: (seq: number) => void): Promise<SettleReply> =>
    settleWith(redis, settlement, tokenLimitsIn(settlement.orgId, settlement.rates), onSequence)

/** `settle` with the token limits spelled out. `onSequence` hears the shard's sequence when something was charged. */
export async function settleWith(
  redis: Redis,
  settlement: Omit<Settlement, 'rates'>,
  tokenLimits: readonly TokenLimit[],
  onSequence: (seq: number) => void = () => {},
): Promise<SettleReply> {
  const { orgId, attemptId, amount, result, request } = settlement
  if (amount < 0n || amount > maxHoldNano) throw new RangeError(`A cost of ${amount} nano-USD is out of bounds`)
  const shard = shardOf(orgId)
  const limits = tokenLimitCall(orgId, tokenLimits)
  const head = [
    leaseMember(orgId, attemptId),
    attemptId,
    amount.toString(),
    Math.min(mostTokens, Math.max(0, Math.round(settlement.tokens))),
    JSON.stringify(result),
    request ? JSON.stringify(request) : '',
  ]
  const raw = await onItsCounters(orgId, countersOf(orgId, settlement.nodes), ({ ids, keys }) =>
    settleScript.run(
      redis,
      [sequenceKey(shard), holdKey(orgId, attemptId), leasesKey(shard), usageStreamKey(shard), ...keys, ...limits.keys],
      [...head, ids, limits.ids, keys.length, ...limits.args],
    ),
  )
  const reply = readReply(settleScript.name, raw, answers)
  if (reply.kind === 'SETTLED' || reply.kind === 'CORRECTED') onSequence(reply.count(1))
  switch (reply.kind) {
    case 'SETTLED':
      return { kind: 'settled', overage: reply.count(2) === 1 }
    case 'CORRECTED':
      return { kind: 'corrected', overage: reply.count(2) === 1 }
    case 'DUP':
      return { kind: 'duplicate', overage: false }
    case 'GONE':
      return { kind: 'gone', overage: false }
    default:
      throw reply.unexpected()
  }
}
