import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { counterKey } from './keys.ts'

/** A budget's counter as it stands. `limit` null: soft, or not asked for yet since it was restored. */
export type Balance = { used: NanoUsd; held: NanoUsd; limit: NanoUsd | null }

/** Reads counters by node id. One that nobody has spent from yet is absent from the map. Plain reads, for screens. */
export async function readBalances(
  redis: Redis,
  orgId: OrgId,
  nodeIds: readonly string[],
): Promise<Map<string, Balance>> {
  const rows = await Promise.all(
    nodeIds.map((nodeId) => reachable(redis.hmget(counterKey(orgId, nodeId), 'used', 'held', 'limit'))),
  )
  const balances = new Map<string, Balance>()
  for (const [i, nodeId] of nodeIds.entries()) {
    const [used, held, limit] = rows[i] ?? []
    // Without a limit, which soft budgets have too, it is what was charged to a counter that is lost.
    if (typeof used !== 'string' || typeof held !== 'string' || typeof limit !== 'string') continue
    balances.set(nodeId, { used: BigInt(used), held: BigInt(held), limit: limit ? BigInt(limit) : null })
  }
  return balances
}
