import type { AttemptId } from '@tollkeeper/domain/id'
import { maxHoldNano } from '@tollkeeper/domain/price'
import type { AttemptMeta, AttemptResult } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { holdKey, sequenceKey, usageStreamKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf } from '../shards.ts'
import { countersNamed } from './counters.ts'
import { onItsCounters } from './on-its-counters.ts'
import type { Settlement } from './settle.ts'

/** What an attempt cost that had no hold of its own: a slice, held beforehand, pays for it. */
export type Draw = Omit<Settlement, 'tokens' | 'rates' | 'nodes'> & {
  /** The counters that the slice was held on. */
  nodes: readonly { id: string }[]
  /** The hold of the slice. */
  sliceId: AttemptId
  meta: AttemptMeta
}

export type DrawReply = {
  /**
   * `drawn`: out of the slice. `corrected`: out of the charge that the sweeper had made of the slice. `late`: the slice
   * is closed; charged all the same, beyond what was held. `duplicate`: was drawn before. `gone`: slice and counters are
   * not there any more; nothing was charged.
   */
  kind: 'drawn' | 'corrected' | 'late' | 'duplicate' | 'gone'
  /** The cost is above what was left in the slice. */
  overage: boolean
}

const drawScript = defineScript('draw_v2')

const answers = { DRAWN: 3, CORRECTED: 3, LATE: 3, DUP: 1, GONE: 1, OTHER: 2 }
const kinds: Readonly<Record<string, DrawReply['kind']>> = {
  DRAWN: 'drawn',
  CORRECTED: 'corrected',
  LATE: 'late',
  DUP: 'duplicate',
  GONE: 'gone',
}

const moved: AttemptResult = { outcome: 'unknown', usageSource: 'held', tokens: {}, status: null }

/**
 * Idempotent by attempt: to be called again until it is acknowledged. `onSequence` hears the shard's sequence when
 * something was charged.
 *
 * @throws RangeError for an amount beyond bounds
 */
export function makeDraw(redis: Redis) {
  return async (draw: Draw, onSequence: (seq: number) => void = () => {}): Promise<DrawReply> => {
    const { orgId, sliceId, attemptId, amount } = draw
    if (amount < 0n || amount > maxHoldNano) throw new RangeError(`A cost of ${amount} nano-USD is out of bounds`)
    const shard = shardOf(orgId)
    const raw = await onItsCounters(
      orgId,
      countersNamed(orgId, draw.nodes.map(({ id }) => id).join(' ')),
      ({ ids, keys }) =>
        drawScript.run(
          redis,
          [sequenceKey(shard), holdKey(orgId, sliceId), holdKey(orgId, attemptId), usageStreamKey(shard), ...keys],
          [
            sliceId,
            attemptId,
            amount.toString(),
            JSON.stringify(draw.meta),
            JSON.stringify(draw.result),
            draw.request ? JSON.stringify(draw.request) : '',
            ids,
            JSON.stringify(moved),
          ],
        ),
    )
    const reply = readReply(drawScript.name, raw, answers)
    const kind = kinds[reply.kind]
    if (kind === undefined) throw reply.unexpected()
    if (kind === 'duplicate' || kind === 'gone') return { kind, overage: false }
    onSequence(reply.count(1))
    return { kind, overage: reply.count(2) === 1 }
  }
}
