import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { holdKey, leasesKey, parseLeaseMember } from './keys.ts'
import { shardOf } from './shards.ts'

/** Money that an attempt holds and did not settle. `overdueMs`: how long ago its lease ended; below 0 while it runs. */
export type OpenHold = { attemptId: AttemptId; amount: NanoUsd; nodes: string[]; overdueMs: number }

/** The open holds of an organisation. Plain reads, a thousand leases at a time; what settles meanwhile may be missing. */
export async function readOpenHolds(redis: Redis, orgId: OrgId): Promise<OpenHold[]> {
  const [seconds] = await reachable(redis.time())
  const holds: OpenHold[] = []
  let cursor = '0'
  do {
    const [next, found] = await reachable(redis.zscan(leasesKey(shardOf(orgId)), cursor, 'COUNT', 1_000))
    cursor = next
    const mine: { attemptId: AttemptId; leaseEndMs: number }[] = []
    for (let i = 0; i + 1 < found.length; i += 2) {
      const lease = parseLeaseMember(found[i] ?? '')
      if (lease?.orgId === orgId) mine.push({ attemptId: lease.attemptId, leaseEndMs: Number(found[i + 1]) })
    }
    const rows = await Promise.all(
      mine.map(({ attemptId }) => reachable(redis.hmget(holdKey(orgId, attemptId), 'st', 'amt', 'nodes'))),
    )
    for (const [i, { attemptId, leaseEndMs }] of mine.entries()) {
      const [state, amount, nodes] = rows[i] ?? []
      if (state !== 'D' || typeof amount !== 'string') continue
      const overdueMs = Number(seconds) * 1_000 - leaseEndMs
      holds.push({ attemptId, amount: BigInt(amount), nodes: (nodes ?? '').split(' ').filter(Boolean), overdueMs })
    }
  } while (cursor !== '0')
  // A scan may name a member twice.
  return [...new Map(holds.map((hold) => [hold.attemptId, hold])).values()]
}
