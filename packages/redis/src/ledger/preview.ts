import type { NanoUsd } from '@tollkeeper/domain/price'
import type { TokenLimit } from '@tollkeeper/domain/rate'
import type { Redis } from 'ioredis'
import { UnexpectedReply } from '../reply.ts'
import { shardOf, type Shard } from '../shards.ts'
import { tokenLimitsIn } from '../token-limits.ts'
import { holdCall, holdScript, parseHoldReply, type Hold, type HoldReply } from './hold.ts'

/** What a hold would be answered, and what stands on its chain. */
export type Preview = {
  verdict: HoldReply
  /** As the hold would find them, in the order of `nodes`; empty when the store could not look. `limit` null: soft. */
  counters: readonly { used: NanoUsd; held: NanoUsd; limit: NanoUsd | null }[]
  /** Of each limit on tokens of the chain: ms until the asked tokens fit if nobody else asks; null: never. */
  waits: readonly { limit: TokenLimit; waitMs: number | null }[]
  /** The store's clock when it looked; null when it could not. */
  nowMs: number | null
}

/** Asks what a hold would be answered, by a dry run of the very script that holds. Changes nothing. */
export const makePreview =
  (redis: Redis, options: { epochOf: (shard: Shard) => string | undefined }) =>
  async (hold: Hold): Promise<Preview> => {
    const epoch = options.epochOf(shardOf(hold.orgId))
    if (epoch === undefined) return blind({ kind: 'fenced' })
    const limits = tokenLimitsIn(hold.orgId, hold.rates)
    const { keys, args } = holdCall(hold, limits, { epoch, leaseMs: null })
    return parsePreview(await holdScript.run(redis, keys, args), limits)
  }

const blind = (verdict: HoldReply): Preview => ({ verdict, counters: [], waits: [], nowMs: null })

/** @throws UnexpectedReply */
export function parsePreview(raw: unknown, limits: readonly TokenLimit[]): Preview {
  if (!Array.isArray(raw) || raw[0] !== 'DRY') return blind(parseHoldReply(raw, limits))
  const [, verdict, seen, waits, now] = raw as unknown[]
  if (!isTexts(seen) || !isTexts(waits) || seen.length % 3 !== 0) throw new UnexpectedReply(holdScript.name, raw)
  const counters = Array.from({ length: seen.length / 3 }, (_, i) => {
    const [used = '', held = '', limit = ''] = seen.slice(i * 3, i * 3 + 3)
    return { used: BigInt(used), held: BigInt(held), limit: limit === '' ? null : BigInt(limit) }
  })
  return {
    verdict: parseHoldReply(verdict, limits),
    counters,
    waits: limits.map((limit, i) => ({ limit, waitMs: waits[i] === '' ? null : Number(waits[i]) })),
    nowMs: Number(now),
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
