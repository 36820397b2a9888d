import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { reachable } from '../connection.ts'
import { holdKey } from '../keys.ts'

/** What an attempt that was charged provisionally is known to have cost at least; 0 where nobody has noted anything. */
export const makeLeastOf =
  (redis: Redis) =>
  async (orgId: OrgId, attemptId: AttemptId): Promise<NanoUsd> => {
    const least = await reachable(redis.hget(holdKey(orgId, attemptId), 'least'))
    return least !== null && /^\d{1,15}$/.test(least) ? BigInt(least) : 0n
  }
