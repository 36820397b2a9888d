import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { Redis } from 'ioredis'
import { leaseMember, leasesKey } from '../keys.ts'
import { UnexpectedReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf } from '../shards.ts'

const renewScript = defineScript('renew_v1')

/** Moves the leases of running attempts on by another lease. Those that are closed or swept stay so. */
export function makeRenew(redis: Redis, options: { leaseMs: number }) {
  return async (orgId: OrgId, attemptIds: readonly AttemptId[]): Promise<void> => {
    if (attemptIds.length === 0) return
    const members = attemptIds.map((attemptId) => leaseMember(orgId, attemptId))
    const reply = await renewScript.run(redis, [leasesKey(shardOf(orgId))], [options.leaseMs, ...members])
    if (!Array.isArray(reply) || typeof reply[0] !== 'number') throw new UnexpectedReply(renewScript.name, reply)
  }
}
