import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import { maxHoldNano, type NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { holdKey, sequenceKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf } from '../shards.ts'
import { countersOf } from './counters.ts'
import { onItsCounters } from './on-its-counters.ts'

const shrinkScript = defineScript('shrink_v1')

const answers = { OK: 2, SKIP: 1, OTHER: 2 }

/**
 * Lowers a hold to `amount`, once the upper bound of its attempt is known to be lower. Nothing happens to a hold that
 * is closed. Rejects when `amount` is more than is held. Gives the shard's sequence, or undefined when nothing happened.
 */
export function makeShrink(redis: Redis) {
  return async (
    orgId: OrgId,
    attemptId: AttemptId,
    nodes: readonly BudgetNode[],
    amount: NanoUsd,
  ): Promise<number | undefined> => {
    if (amount < 0n || amount > maxHoldNano) throw new RangeError(`A hold of ${amount} nano-USD is out of bounds`)
    const raw = await onItsCounters(orgId, countersOf(orgId, nodes), ({ ids, keys }) =>
      shrinkScript.run(
        redis,
        [sequenceKey(shardOf(orgId)), holdKey(orgId, attemptId), ...keys],
        [amount.toString(), ids],
      ),
    )
    const reply = readReply(shrinkScript.name, raw, answers)
    if (reply.kind === 'OTHER') throw reply.unexpected()
    return reply.kind === 'OK' ? reply.count(1) : undefined
  }
}
