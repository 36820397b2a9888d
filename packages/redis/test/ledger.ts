import { sharedRedis } from '@tollkeeper/testbed/redis'
import type { OrgId } from '@tollkeeper/domain/id'
import type { Redis } from 'ioredis'
import { inject, onTestFinished } from 'vitest'
import { readBalances } from '../src/balances.ts'
import { makeBudgets, makeSweeper, type Budgets, type Sweeper } from '../src/budgets.ts'
import { connectRedis, connectRedisPatiently, redisReady } from '../src/connection.ts'
import { usageStreamKey } from '../src/keys.ts'
import { makeShardKeeper } from '../src/shard-keeper.ts'
import { allShards, shardOf } from '../src/shards.ts'
import { parseUsageFields, type UsagePayload } from '../src/usage/entry.ts'

async function emptyRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const cluster = inject('clusterUrl')
  if (!cluster) return sharedRedis()
  const empty = async (): Promise<void> => {
    for (const node of cluster.split(',')) {
      const redis = connectRedisPatiently(node)
      await redis.flushall()
      redis.disconnect()
    }
  }
  await empty()
  return { url: cluster, stop: empty }
}

export type TestLedger = {
  url: string
  redis: Redis
  budgets: Budgets
  /** As if every lease had run out at once: makes holds whose lease ends at the moment they are taken. */
  shortLived: Budgets
  /** Without grace. */
  sweeper: Sweeper
  /** `[used, held, limit]` of each node, in order. */
  balances: (
    orgId: OrgId,
    nodes: readonly { id: string }[],
  ) => Promise<(readonly [bigint, bigint, bigint | null] | null)[]>
  /** What the shard's usage stream holds for an organisation, in order. */
  events: (orgId: OrgId) => Promise<UsagePayload[]>
}

/** A real, empty Redis with all shards open, closed when the test ends. In the project `cluster`: a three-node cluster. */
export async function openLedger(url?: string): Promise<TestLedger> {
  const empty = url === undefined ? await emptyRedis() : undefined
  const address = url ?? empty?.url ?? ''
  const redis = connectRedis(address, { commandTimeoutMs: 20_000 })
  await redisReady(redis)
  onTestFinished(async () => {
    redis.disconnect()
    await empty?.stop()
  })
  const keeper = makeShardKeeper(redis)
  await Promise.all(allShards().map((shard) => keeper.open(shard, 1)))
  const budgets = makeBudgets(redis, { leaseMs: 60_000 })
  const shortLived = makeBudgets(redis, { leaseMs: -1 })
  await Promise.all([budgets.epochs.refresh(), shortLived.epochs.refresh()])
  return {
    url: address,
    redis,
    budgets,
    shortLived,
    sweeper: makeSweeper(redis, { graceMs: 0 }),
    async balances(orgId, nodes) {
      const found = await readBalances(
        redis,
        orgId,
        nodes.map((node) => node.id),
      )
      return nodes.map(({ id }) => {
        const balance = found.get(id)
        return balance ? [balance.used, balance.held, balance.limit] : null
      })
    },
    async events(orgId) {
      const entries = await redis.xrange(usageStreamKey(shardOf(orgId)), '-', '+')
      return entries
        .map(([, fields]) => parseUsageFields(fields))
        .filter((payload) => {
          if (payload.kind === 'unreadable') return true
          const scopes = payload.kind === 'attempt' ? payload.event.meta.scopes : payload.event.scopes
          return scopes.orgId === orgId
        })
    },
  }
}
