import type { TokenLimit } from '@tollkeeper/domain/rate'
import type { AttemptResult } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { holdKey, leaseMember, leasesKey, sequenceKey, usageStreamKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf } from '../shards.ts'
import { tokenLimitCall, tokenLimitsIn } from '../token-limits.ts'
import { countersOf } from './counters.ts'
import type { Hold } from './hold.ts'
import { onItsCounters } from './on-its-counters.ts'

export type Release = Pick<Hold, 'orgId' | 'attemptId' | 'nodes' | 'rates'>

const releaseScript = defineScript('release_v1')

const answers = { RELEASED: 2, CORRECTED: 2, MARKED: 1, SKIP: 2, OTHER: 2 }

const notSent: AttemptResult = { outcome: 'not-sent', usageSource: 'reported', tokens: {}, status: null }

/**
 * Gives money and tokens of a hold back, of which nothing was sent. Idempotent, writes no usage event, and also stops
 * a hold that has not arrived yet. Only where the sweeper has charged the hold already, a correction to 0 is written.
 */
export const makeRelease =
  (redis: Redis) =>
  (release: Release, onSequence?: (seq: number) => void): Promise<void> =>
    releaseWith(redis, release, tokenLimitsIn(release.orgId, release.rates), onSequence)

/** `release` with the token limits spelled out. `onSequence` hears the shard's sequence when something was given back. */
export async function releaseWith(
  redis: Redis,
  { orgId, attemptId, nodes }: Omit<Release, 'rates'>,
  tokenLimits: readonly TokenLimit[],
  onSequence: (seq: number) => void = () => {},
): Promise<void> {
  const shard = shardOf(orgId)
  const limits = tokenLimitCall(orgId, tokenLimits)
  const raw = await onItsCounters(orgId, countersOf(orgId, nodes), ({ ids, keys }) =>
    releaseScript.run(
      redis,
      [sequenceKey(shard), holdKey(orgId, attemptId), leasesKey(shard), usageStreamKey(shard), ...keys, ...limits.keys],
      [leaseMember(orgId, attemptId), attemptId, JSON.stringify(notSent), ids, limits.ids, keys.length, ...limits.args],
    ),
  )
  const reply = readReply(releaseScript.name, raw, answers)
  if (reply.kind === 'OTHER') throw reply.unexpected()
  if (reply.kind === 'RELEASED' || reply.kind === 'CORRECTED') onSequence(reply.count(1))
}
