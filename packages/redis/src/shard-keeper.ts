import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { counterKey, epochKey } from './keys.ts'
import { readReply } from './reply.ts'
import { defineScript } from './script.ts'
import type { Shard } from './shards.ts'

/** What a budget's counter had used, as the ledger knows it: the opening and every charge. */
export type CounterRecord = { orgId: OrgId; nodeId: string; used: NanoUsd; windowEndMs: number }

export type ShardKeeper = {
  /** Null: the shard is closed, and every hold in it is fenced. */
  epoch: (shard: Shard) => Promise<number | null>
  /**
   * Puts counters of a closed shard back; those that exist keep what they have. Gives how many were made.
   *
   * @throws Error when the shard is open
   */
  restore: (shard: Shard, counters: readonly CounterRecord[]) => Promise<number>
  /** Opens a closed shard. False when somebody else opened it before; its epoch is then another. */
  open: (shard: Shard, epoch: number) => Promise<boolean>
}

export const restoreScript = defineScript('restore_v1')

const perCall = 200

/** Opens shards for spending: new ones at once, those that lost their data after their counters were put back. */
export function makeShardKeeper(redis: Redis): ShardKeeper {
  return {
    async epoch(shard) {
      const text = await reachable(redis.get(epochKey(shard)))
      return text === null ? null : Number(text)
    },
    async restore(shard, counters) {
      let made = 0
      for (let from = 0; from < counters.length; from += perCall) {
        const some = counters.slice(from, from + perCall)
        const raw = await restoreScript.run(
          redis,
          [epochKey(shard), ...some.map(({ orgId, nodeId }) => counterKey(orgId, nodeId))],
          some.flatMap(({ used, windowEndMs }) => [used.toString(), windowEndMs]),
        )
        const reply = readReply(restoreScript.name, raw, { OK: 2, OPEN: 1 })
        if (reply.kind === 'OPEN') throw new Error(`Shard ${shard} is open: its counters are not to be replaced`)
        made += reply.count(1)
      }
      return made
    },
    async open(shard, epoch) {
      return (await reachable(redis.set(epochKey(shard), epoch, 'NX'))) === 'OK'
    },
  }
}
