import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import { maxHoldNano, type NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { epochKey, holdKey, sequenceKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf, type Shard } from '../shards.ts'
import { countersOf } from './counters.ts'
import type { HoldReply } from './hold.ts'

/** A hold that is to become larger. */
export type Extension = {
  orgId: OrgId
  attemptId: AttemptId
  /** What it is to hold altogether; less than it holds changes nothing. */
  amount: NanoUsd
  /** As they were held. */
  nodes: readonly BudgetNode[]
}

/** As a hold is answered; `closed`: it is not held any more, so nothing can be added to it. */
export type ExtendReply = Exclude<HoldReply, { by: 'tokens' }> | { kind: 'closed' }

const extendScript = defineScript('extend_v1')

const answers = { OK: 4, FENCED: 1, WINDOW: 2, MISSING: 2, OVER: 5, HELD: 5, SKIP: 1, OTHER: 2 }

/**
 * Adds to the money of a hold whose attempt is under way, by the test that took it. Tokens are not tested again: what an
 * attempt used beyond those it took is corrected when it settles.
 *
 * @throws RangeError for an amount beyond its bounds; UnexpectedReply when it was held on other budgets
 */
export function makeExtend(redis: Redis, options: { epochOf: (shard: Shard) => string | undefined }) {
  return async ({ orgId, attemptId, amount, nodes }: Extension): Promise<ExtendReply> => {
    if (amount < 0n || amount > maxHoldNano) throw new RangeError(`A hold of ${amount} nano-USD is out of bounds`)
    const shard = shardOf(orgId)
    const epoch = options.epochOf(shard)
    if (epoch === undefined) return { kind: 'fenced' }
    const { ids, keys, args, inForce } = countersOf(orgId, nodes)
    const raw = await extendScript.run(
      redis,
      [epochKey(shard), sequenceKey(shard), holdKey(orgId, attemptId), ...keys],
      [epoch, amount.toString(), ids, ...args, ...inForce],
    )
    const reply = readReply(extendScript.name, raw, answers)
    switch (reply.kind) {
      case 'OK':
        return reply.text(2) === ''
          ? { kind: 'held', seq: reply.count(1), headroom: null, tightest: null }
          : { kind: 'held', seq: reply.count(1), headroom: reply.nano(2), tightest: reply.count(3) - 1 }
      case 'OVER':
      case 'HELD':
        return {
          kind: 'refused',
          by: 'budget',
          reason: reply.kind === 'OVER' ? 'over' : 'held',
          node: reply.count(1) - 1,
          used: reply.nano(2),
          held: reply.nano(3),
          limit: reply.nano(4),
        }
      case 'FENCED':
        return { kind: 'fenced' }
      case 'WINDOW':
        return { kind: 'window', nowMs: reply.count(1) }
      case 'MISSING':
        return { kind: 'missing', node: reply.count(1) - 1 }
      case 'SKIP':
        return { kind: 'closed' }
      default:
        throw reply.unexpected()
    }
  }
}
