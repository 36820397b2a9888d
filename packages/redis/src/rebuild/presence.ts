import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { Redis } from 'ioredis'
import { reachable } from '../connection.ts'
import {
  answersKey,
  leaseMember,
  preparationKey,
  presentKey,
  rebuildsKey,
  shelvedHoldKey,
  shelvedKey,
} from '../keys.ts'
import type { Hold } from '../ledger/hold.ts'
import { readReply, UnexpectedReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import { allShards, shardOf, type Shard } from '../shards.ts'

/** A shard that is being rebuilt, and the epoch that it will have. */
export type Rebuild = { shard: Shard; epoch: number }

/** An open hold as a rebuild must know it. */
export type OpenHold = Pick<Hold, 'orgId' | 'attemptId' | 'amount' | 'meta'> & { nodes: readonly BudgetNode[] }

/** What a proxy does so that a rebuild knows of its open holds (money.md 4.7). */
export type Presence = {
  /** Says that this proxy lives; gives the shards that wait for its answer or had it. */
  beat: () => Promise<Rebuild[]>
  /** Tells of an open hold. False: that rebuild is over. Idempotent. */
  register: (epoch: number, hold: OpenHold) => Promise<boolean>
  /** Says that all open holds of the shard were told. */
  answer: (rebuild: Rebuild) => Promise<void>
  /** Takes the proxy off the list: nobody is to wait for it. */
  leave: () => Promise<void>
}

const beatScript = defineScript('beat_v1')
const registerScript = defineScript('register_v1')
/** Longer than any rebuild. */
const answerLifeMs = 3_600_000

/** `proxy`: a name no other process uses. */
export function makePresence(redis: Redis, proxy: string): Presence {
  const names = new Set<string>(allShards())
  return {
    async beat() {
      const reply = await beatScript.run(redis, [presentKey, rebuildsKey], [proxy])
      if (!Array.isArray(reply)) throw new UnexpectedReply(beatScript.name, reply)
      return Array.from({ length: reply.length / 2 }, (_, i): Rebuild => {
        const [shard, epoch] = [String(reply[i * 2]), Number(reply[i * 2 + 1])]
        if (!names.has(shard) || !Number.isSafeInteger(epoch)) throw new UnexpectedReply(beatScript.name, reply)
        return { shard: shard as Shard, epoch }
      })
    },
    async register(epoch, { orgId, attemptId, amount, nodes, meta }) {
      const shard = shardOf(orgId)
      const raw = await registerScript.run(
        redis,
        [preparationKey(shard), shelvedHoldKey(orgId, attemptId), shelvedKey(shard)],
        [
          epoch,
          leaseMember(orgId, attemptId),
          amount.toString(),
          nodes.map(({ id }) => id).join(' '),
          JSON.stringify(meta),
          nodes.map(({ window }) => window.endMs).join(' '),
          nodes.map(({ opening }) => opening.toString()).join(' '),
        ],
      )
      return readReply(registerScript.name, raw, { OK: 1, OVER: 1 }).kind === 'OK'
    },
    async answer({ shard, epoch }) {
      const key = answersKey(shard)
      const replies = await reachable(redis.multi().sadd(key, `${epoch}/${proxy}`).pexpire(key, answerLifeMs).exec())
      for (const [error] of replies ?? []) if (error) throw error
    },
    async leave() {
      await reachable(redis.zrem(presentKey, proxy))
    },
  }
}
