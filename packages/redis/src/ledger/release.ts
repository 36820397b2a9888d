import type { AttemptResult } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { counterKey, holdKey, leaseMember, leasesKey, sequenceKey, usageStreamKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf } from '../shards.ts'
import { idsText, tokenLimitsOf } from '../token-limits.ts'
import type { Hold } from './hold.ts'
import { onItsCounters } from './on-its-counters.ts'

export type Release = Pick<Hold, 'orgId' | 'attemptId' | 'nodes' | 'rates'>

export const releaseScript = defineScript('release_v1')

const answers = { RELEASED: 2, CORRECTED: 2, MARKED: 1, SKIP: 2, OTHER: 2 }

const notSent: AttemptResult = { outcome: 'not-sent', usageSource: 'reported', tokens: {}, status: null }

/**
 * Gives money and tokens of a hold back, of which nothing was sent. Idempotent, writes no usage event, and also stops
 * a hold that has not arrived yet. Only where the sweeper has charged the hold already, a correction to 0 is written.
 */
export function makeRelease(redis: Redis) {
  return async ({ orgId, attemptId, nodes, rates }: Release): Promise<void> => {
    const shard = shardOf(orgId)
    const limits = tokenLimitsOf(orgId, rates)
    const raw = await onItsCounters(idsText(nodes), (ids) => {
      const counters = ids === '' ? [] : ids.split(' ')
      return releaseScript.run(
        redis,
        [
          sequenceKey(shard),
          holdKey(orgId, attemptId),
          leasesKey(shard),
          usageStreamKey(shard),
          ...counters.map((id) => counterKey(orgId, id)),
          ...limits.map((limit) => limit.key),
        ],
        [
          leaseMember(orgId, attemptId),
          attemptId,
          JSON.stringify(notSent),
          ids,
          idsText(limits),
          counters.length,
          ...limits.flatMap((limit) => limit.args),
        ],
      )
    })
    const reply = readReply(releaseScript.name, raw, answers)
    if (reply.kind === 'OTHER') throw reply.unexpected()
  }
}
