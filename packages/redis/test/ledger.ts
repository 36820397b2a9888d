import { sharedRedis } from '@tollkeeper/testbed/redis'
import type { OrgId } from '@tollkeeper/domain/id'
import type { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { readBalances } from '../src/balances.ts'
import { makeBudgets, makeSweeper, type Budgets, type Sweeper } from '../src/budgets.ts'
import { connectRedis, redisReady } from '../src/connection.ts'
import { usageStreamKey } from '../src/keys.ts'
import { makeShardKeeper } from '../src/shard-keeper.ts'
import { allShards, shardOf } from '../src/shards.ts'
import { parseUsageFields, type UsagePayload } from '../src/usage/entry.ts'

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

/** A real Redis with all shards open, closed when the test ends. */
export async function openLedger(url?: string): Promise<TestLedger> {
  const shared = url === undefined ? await sharedRedis() : undefined
  const address = url ?? shared?.url ?? ''
  const redis = connectRedis(address, { commandTimeoutMs: 20_000 })
  await redisReady(redis)
  onTestFinished(async () => {
    redis.disconnect()
    await shared?.stop()
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
