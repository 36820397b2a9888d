import { latest } from '@tollkeeper/db/verification'
import { StoreUnavailable } from '@tollkeeper/redis/connection'
import { shardOf } from '@tollkeeper/redis/shards'
import { behindMs, readLag } from '@tollkeeper/redis/usage-stream'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router } from '#server/trpc.ts'

export const verificationProcedures = router({
  /** What the last verification of ledger, counters, roll-ups and holds found; null before the first. */
  latest: orgProcedure('budget.read').query(async ({ ctx }) => {
    if (ctx.sight.kind !== 'all') throw refuse('forbidden', 'Your access does not include this.')
    const found = await latest(ctx.db, ctx.org.id)
    return found ? { at: found.at, checked: found.checked, findings: found.findings } : null
  }),

  /** For how many seconds usage has been waiting to be recorded, when that is longer than it should; else null. */
  behind: orgProcedure('usage.read').query(async ({ ctx }) => {
    try {
      const { oldestMs } = await readLag(ctx.redis, [shardOf(ctx.org.id)])
      return oldestMs !== null && oldestMs > behindMs ? { seconds: Math.floor(oldestMs / 1_000) } : null
    } catch (error) {
      // Others tell that Redis is away.
      if (error instanceof StoreUnavailable) return null
      throw error
    }
  }),
})
