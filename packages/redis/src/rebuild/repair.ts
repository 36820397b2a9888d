import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { reachable } from '../connection.ts'
import {
  counterIndexKey,
  counterKey,
  holdKey,
  leasesKey,
  lostCounterMember,
  lostCountersKey,
  parseLeaseMember,
  sequenceKey,
} from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { shardOf, type Shard } from '../shards.ts'

/** One counter that is not there although it was made. */
export type LostCounter = { orgId: OrgId; nodeId: string }

/** Puts single counters back that an open shard has lost (`DEL`, a broken restore); the rest of it goes on meanwhile. */
export type CounterRepair = {
  /** Counters that a hold missed. */
  lost: (shard: Shard) => Promise<LostCounter[]>
  /** End of the window of a lost counter, as it was noted when it was made; null: not noted. */
  windowEnd: (counter: LostCounter) => Promise<number | null>
  /** What open holds hold on a counter. */
  heldOn: (counter: LostCounter) => Promise<NanoUsd>
  /** `done`; `changed`: money has moved in the shard since `seq`, so that what was read may be old. */
  put: (
    counter: LostCounter,
    value: { seq: number | null; used: NanoUsd; held: NanoUsd; windowEndMs: number },
  ) => Promise<'done' | 'changed'>
}

const repairScript = defineScript('repair_v1')

/** Tells the worker of a counter that a hold missed. */
export async function reportLost(redis: Redis, { orgId, nodeId }: LostCounter): Promise<void> {
  await reachable(redis.sadd(lostCountersKey(shardOf(orgId)), lostCounterMember(orgId, nodeId)))
}

export const makeCounterRepair = (redis: Redis): CounterRepair => ({
  async lost(shard) {
    const members = await reachable(redis.smembers(lostCountersKey(shard)))
    return members.map((member) => {
      const slash = member.indexOf('/')
      return { orgId: member.slice(0, slash) as OrgId, nodeId: member.slice(slash + 1) }
    })
  },
  async windowEnd({ orgId, nodeId }) {
    const text = await reachable(redis.hget(counterIndexKey(orgId), counterKey(orgId, nodeId)))
    return text === null ? null : Number(text)
  },
  async heldOn({ orgId, nodeId }) {
    let held = 0n
    for (const member of await reachable(redis.zrange(leasesKey(shardOf(orgId)), '0', '-1'))) {
      const hold = parseLeaseMember(member)
      if (hold?.orgId !== orgId) continue
      const [state, amount, nodes] = await reachable(redis.hmget(holdKey(orgId, hold.attemptId), 'st', 'amt', 'nodes'))
      if (state === 'D' && nodes?.split(' ').includes(nodeId)) held += BigInt(amount ?? 0)
    }
    return held
  },
  async put(counter, { seq, used, held, windowEndMs }) {
    const { orgId, nodeId } = counter
    const shard = shardOf(orgId)
    const raw = await repairScript.run(
      redis,
      [sequenceKey(shard), counterKey(orgId, nodeId), counterIndexKey(orgId), lostCountersKey(shard)],
      [seq ?? '', used.toString(), held.toString(), windowEndMs, lostCounterMember(orgId, nodeId)],
    )
    return readReply(repairScript.name, raw, { OK: 1, CHANGED: 1, SKIP: 1 }).kind === 'CHANGED' ? 'changed' : 'done'
  },
})
