import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import { maxHoldNano } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import type { AdjustmentEvent } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import {
  adjustedKey,
  counterIndexKey,
  counterKey,
  epochKey,
  lostCounterMember,
  lostCountersKey,
  sequenceKey,
  usageStreamKey,
} from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf, type Shard } from '../shards.ts'

/** The difference that a corrected price makes to one attempt, as the ledger will keep it. */
export type Adjustment = Pick<AdjustmentEvent, 'amount' | 'meta' | 'result' | 'cause'> & {
  orgId: OrgId
  attemptId: AttemptId
  /** The counters it was charged to. `endMs`: end of the window; null when that is over. */
  nodes: readonly { id: string; endMs: Instant | null }[]
}

/**
 * `duplicate`: this re-rating has adjusted the attempt before. `fenced`: the shard is closed, or not known to be open.
 * `below`: a counter has less than what would be taken from it. Nothing changes but by `adjusted`.
 */
export type AdjustReply = 'adjusted' | 'duplicate' | 'fenced' | 'below'

const adjustScript = defineScript('adjust_v1')
const answers = { ADJUSTED: 2, DUP: 1, FENCED: 1, BELOW: 2 }
const words: Readonly<Record<string, AdjustReply>> = {
  ADJUSTED: 'adjusted',
  DUP: 'duplicate',
  FENCED: 'fenced',
  BELOW: 'below',
}

/** Idempotent for a week: to be called again until it is acknowledged. @throws RangeError for a difference of nothing. */
export const makeAdjust =
  (redis: Redis, { epochOf }: { epochOf: (shard: Shard) => string | undefined }) =>
  async (adjustment: Adjustment, onSequence: (seq: number) => void = () => {}): Promise<AdjustReply> => {
    const { orgId, attemptId, amount, nodes, meta, result, cause } = adjustment
    if (amount === 0n || amount > maxHoldNano || amount < -maxHoldNano) {
      throw new RangeError(`A difference of ${amount} nano-USD is out of bounds`)
    }
    const shard = shardOf(orgId)
    const epoch = epochOf(shard)
    if (epoch === undefined) return 'fenced'
    const raw = await adjustScript.run(
      redis,
      [
        epochKey(shard),
        sequenceKey(shard),
        adjustedKey(orgId, cause.id),
        usageStreamKey(shard),
        counterIndexKey(orgId),
        lostCountersKey(shard),
        ...nodes.map(({ id }) => counterKey(orgId, id)),
      ],
      [
        epoch,
        attemptId,
        amount.toString(),
        nodes.map(({ id }) => id).join(' '),
        JSON.stringify(meta),
        JSON.stringify(result),
        JSON.stringify(cause),
        ...nodes.flatMap(({ id, endMs }) => [endMs ?? '', lostCounterMember(orgId, id)]),
      ],
    )
    const reply = readReply(adjustScript.name, raw, answers)
    if (reply.kind === 'ADJUSTED') onSequence(reply.count(1))
    const word = words[reply.kind]
    if (!word) throw reply.unexpected()
    return word
  }
