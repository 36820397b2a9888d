import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import {
  ledgerAmountOf,
  type AttemptEvent,
  type AttemptMeta,
  type AttemptResult,
  type RequestEvent,
} from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { counterIndexKey, holdKey, sequenceKey, usageStreamKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf } from '../shards.ts'
import { countersNamed } from './counters.ts'

/** The charge of an attempt whose hold the store has lost, with everything that the hold knew. */
export type LostCharge = {
  orgId: OrgId
  attemptId: AttemptId
  /** What the ledger has of it already decides: nothing, or a provisional charge that this one corrects. */
  kind: AttemptEvent['kind']
  amount: NanoUsd
  hold: NanoUsd
  /** Ids of the budget counters it was held on. */
  nodes: readonly string[]
  meta: AttemptMeta
  result: AttemptResult
  request?: RequestEvent
}

const recordScript = defineScript('record_v1')

/**
 * Writes such a charge for the ledger, and adds it to the counters that are there. False when the store knows the
 * attempt after all: then it is to be settled as usual. Idempotent for a day. `onSequence` hears the shard's sequence when
 * it was written.
 */
export const makeRecordLost =
  (redis: Redis) =>
  async (charge: LostCharge, onSequence: (seq: number) => void = () => {}): Promise<boolean> => {
    const { orgId, attemptId, kind, amount, hold, request } = charge
    const shard = shardOf(orgId)
    const { ids, keys } = countersNamed(orgId, charge.nodes.join(' '))
    const raw = await recordScript.run(
      redis,
      [sequenceKey(shard), holdKey(orgId, attemptId), usageStreamKey(shard), counterIndexKey(orgId), ...keys],
      [
        attemptId,
        kind,
        amount.toString(),
        hold.toString(),
        ledgerAmountOf(charge).toString(),
        ids,
        JSON.stringify(charge.meta),
        JSON.stringify(charge.result),
        request ? JSON.stringify(request) : '',
      ],
    )
    const reply = readReply(recordScript.name, raw, { RECORDED: 2, SKIP: 2 })
    if (reply.kind !== 'RECORDED') return false
    onSequence(reply.count(1))
    return true
  }
