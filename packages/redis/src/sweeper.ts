import type { AttemptResult } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { holdKey, leasesKey, parseLeaseMember, sequenceKey, usageStreamKey } from './keys.ts'
import { countersNamed } from './ledger/counters.ts'
import { onItsCounters } from './ledger/on-its-counters.ts'
import { readReply } from './reply.ts'
import { defineScript } from './script.ts'
import type { Shard } from './shards.ts'

export type Sweeper = {
  /**
   * Charges, provisionally and whole, the holds of a shard whose lease ended `graceMs` ago or earlier.
   * Gives how many. Any number of sweepers may run at once.
   */
  sweep: (shard: Shard) => Promise<number>
}

export const orphanScript = defineScript('orphan_v1')

const answers = { ORPHANED: 2, SKIP: 1, OTHER: 2 }

const unknownResult: AttemptResult = { outcome: 'unknown', usageSource: 'held', tokens: {}, status: null }

/** How far the store's clock and ours may part between two rounds (money.md 4.8). */
const clockSlackMs = 5_000
/** After a jump of the store's clock, owners that live get this long to renew their leases by the new time. */
const quietMs = 15_000
const perRound = 500

/** `monotonicMs`: a clock that is never set. */
export function makeSweeper(
  redis: Redis,
  options: { graceMs: number; monotonicMs?: () => number } = { graceMs: 5_000 },
): Sweeper {
  const monotonicMs = options.monotonicMs ?? (() => performance.now())
  let last: { storeMs: number; ownMs: number } | undefined
  let quietUntilMs = Number.NEGATIVE_INFINITY

  /** The store's time; undefined for a while after it was set forward or back: leases then mean nothing yet. */
  async function trustedTime(): Promise<number | undefined> {
    const [seconds, micros] = await reachable(redis.time())
    const now = { storeMs: Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000), ownMs: monotonicMs() }
    const drift = last ? now.storeMs - last.storeMs - (now.ownMs - last.ownMs) : 0
    last = now
    if (Math.abs(drift) > clockSlackMs) quietUntilMs = now.ownMs + quietMs
    return now.ownMs < quietUntilMs ? undefined : now.storeMs
  }

  async function orphan(shard: Shard, member: string): Promise<boolean> {
    const hold = parseLeaseMember(member)
    if (!hold) throw new Error(`Not a lease: ${JSON.stringify(member)}`)
    const { orgId, attemptId } = hold
    const hash = holdKey(orgId, attemptId)
    const believed = (await reachable(redis.hget(hash, 'nodes'))) ?? ''
    const raw = await onItsCounters(orgId, countersNamed(orgId, believed), ({ ids, keys }) =>
      orphanScript.run(
        redis,
        [sequenceKey(shard), hash, leasesKey(shard), usageStreamKey(shard), ...keys],
        [member, attemptId, options.graceMs, ids, JSON.stringify(unknownResult)],
      ),
    )
    const reply = readReply(orphanScript.name, raw, answers)
    if (reply.kind === 'OTHER') throw reply.unexpected()
    return reply.kind === 'ORPHANED'
  }

  return {
    async sweep(shard) {
      const now = await trustedTime()
      if (now === undefined) return 0
      const due = await reachable(
        redis.zrangebyscore(leasesKey(shard), '-inf', now - options.graceMs, 'LIMIT', 0, perRound),
      )
      let orphans = 0
      for (const member of due) if (await orphan(shard, member)) orphans += 1
      return orphans
    },
  }
}
