import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { AttemptResult, RequestEvent } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { holdKey, leaseMember, leasesKey, sequenceKey, usageStreamKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf } from '../shards.ts'
import { countersOf } from './counters.ts'
import { onItsCounters } from './on-its-counters.ts'

/** An attempt that left, and of which nobody knows what it cost. */
export type Surrender = {
  orgId: OrgId
  attemptId: AttemptId
  /** As they were held. */
  nodes: readonly BudgetNode[]
  /** What it cost at least, by all that was heard of it. */
  least: NanoUsd
  result: AttemptResult
  /** The request's own row, when this attempt is its last. */
  request?: RequestEvent
}

/**
 * `surrendered`: the whole hold is charged provisionally. `noted`: the sweeper had done so. `closed`: it was settled or
 * given back before. `gone`: there is no such hold.
 */
export type SurrenderReply = { kind: 'surrendered' | 'noted' | 'closed' | 'gone' }

const surrenderScript = defineScript('surrender_v1')

const answers = { SURRENDERED: 2, NOTED: 2, SKIP: 2, GONE: 1, OTHER: 2 }
const kinds = { SURRENDERED: 'surrendered', NOTED: 'noted', SKIP: 'closed', GONE: 'gone' } as const

/** Idempotent: to be called again until it is acknowledged. `onSequence` hears the shard's sequence when it was written. */
export const makeSurrender =
  (redis: Redis) =>
  async (surrender: Surrender, onSequence: (seq: number) => void = () => {}): Promise<SurrenderReply> => {
    const { orgId, attemptId, nodes, least, result, request } = surrender
    const shard = shardOf(orgId)
    const raw = await onItsCounters(orgId, countersOf(orgId, nodes), ({ ids, keys }) =>
      surrenderScript.run(
        redis,
        [sequenceKey(shard), holdKey(orgId, attemptId), leasesKey(shard), usageStreamKey(shard), ...keys],
        [
          leaseMember(orgId, attemptId),
          attemptId,
          least.toString(),
          ids,
          JSON.stringify(result),
          request ? JSON.stringify(request) : '',
        ],
      ),
    )
    const reply = readReply(surrenderScript.name, raw, answers)
    const kind = kinds[reply.kind as keyof typeof kinds]
    if (kind === undefined) throw reply.unexpected()
    if (kind === 'surrendered' || kind === 'noted') onSequence(reply.count(1))
    return { kind }
  }
