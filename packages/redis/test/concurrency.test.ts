import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { makeBudgets, makeSweeper, type Budgets, type Hold } from '../src/budgets.ts'
import { connectRedis, redisReady } from '../src/connection.ts'
import { shardOf } from '../src/shards.ts'
import { aHold, aNode, anOrgId, settlementOf } from './builders.ts'
import { openLedger } from './ledger.ts'

/** Budgets over `count` connections of their own, as that many proxies have. */
async function proxies(url: string, count: number): Promise<{ redis: Redis; budgets: Budgets }[]> {
  const made = Array.from({ length: count }, () => connectRedis(url, { commandTimeoutMs: 20_000 }))
  onTestFinished(() => made.forEach((redis) => redis.disconnect()))
  return Promise.all(
    made.map(async (redis) => {
      await redisReady(redis)
      const budgets = makeBudgets(redis, { leaseMs: 60_000 })
      await budgets.epochs.refresh()
      return { redis, budgets }
    }),
  )
}

type Proxies = readonly { budgets: Budgets }[]

/** The budgets as the `i`th request sees them. */
function seenBy(all: Proxies, i: number): Budgets {
  const proxy = all[i % all.length]
  if (!proxy) throw new RangeError('No proxies')
  return proxy.budgets
}

async function holdAll(all: Proxies, holds: readonly Hold[]): Promise<Hold[]> {
  const replies = await Promise.all(holds.map((hold, i) => seenBy(all, i).hold(hold)))
  return holds.filter((_hold, i) => replies[i]?.kind === 'held')
}

it('admits exactly 10 of 500 holds that arrive at once over 8 connections against a limit worth 10', async () => {
  const { url, balances } = await openLedger()
  const all = await proxies(url, 8)
  const orgId = anOrgId()
  const nodes = [aNode({ limit: 1_000n })]
  const admitted = await holdAll(
    all,
    Array.from({ length: 500 }, () => aHold({ orgId, nodes, amount: 100n })),
  )
  expect(admitted).toHaveLength(10)
  expect(await balances(orgId, nodes)).toEqual([[0n, 1_000n, 1_000n]])

  await Promise.all(admitted.map((hold, i) => seenBy(all, i).settle(settlementOf(hold, { amount: 99n }))))
  expect(await balances(orgId, nodes)).toEqual([[990n, 0n, 1_000n]])
  // Ten came back with one nano-dollar each: together they hold nobody's 100.
  expect(await holdAll(all, [aHold({ orgId, nodes, amount: 11n }), aHold({ orgId, nodes, amount: 10n })])).toHaveLength(
    1,
  )
})

it.each([0, 1, 2, 3, 4, 5])(
  'admits exactly 10 of 300 over six levels with the tightest limit at level %i',
  async (level) => {
    const { url, balances } = await openLedger()
    const all = await proxies(url, 4)
    const orgId = anOrgId()
    const nodes = Array.from({ length: 6 }, (_, i) =>
      aNode({ limit: i === level ? 1_009n : 1_100n + BigInt(i) * 500n }),
    )
    const admitted = await holdAll(
      all,
      Array.from({ length: 300 }, () => aHold({ orgId, nodes, amount: 100n })),
    )
    expect(admitted).toHaveLength(10)
    expect((await balances(orgId, nodes)).map((balance) => balance?.[1])).toEqual(Array(6).fill(1_000n))
  },
)

it('lets two teams of one organisation have together no more than the organisation has', async () => {
  const { url, balances } = await openLedger()
  const all = await proxies(url, 4)
  const orgId = anOrgId()
  const root = aNode({ limit: 1_500n })
  const teams = [aNode({ limit: 1_000n }), aNode({ limit: 1_000n })]
  const chains = teams.map((team): BudgetNode[] => [root, team])
  const holds = Array.from({ length: 200 }, (_, i) => aHold({ orgId, nodes: chains[i % 2] ?? [], amount: 100n }))
  expect(await holdAll(all, holds)).toHaveLength(15)
  expect((await balances(orgId, [root]))[0]).toEqual([0n, 1_500n, 1_500n])
})

it('makes the counter of a new window once when 100 first requests arrive at once', async () => {
  const { url, balances } = await openLedger()
  const all = await proxies(url, 4)
  const orgId = anOrgId()
  const nodes = [aNode({ limit: 1_000n, opening: 400n })]
  const admitted = await holdAll(
    all,
    Array.from({ length: 100 }, () => aHold({ orgId, nodes, amount: 100n })),
  )
  expect(admitted).toHaveLength(6)
  expect(await balances(orgId, nodes)).toEqual([[400n, 600n, 1_000n]])
})

it('admits nothing past a lowered limit once any proxy has brought it', async () => {
  const { url, balances } = await openLedger()
  const all = await proxies(url, 4)
  const orgId = anOrgId()
  const high = aNode({ budget: 'bud_1', limit: 10_000n, version: 1 })
  const low = aNode({ budget: 'bud_1', limit: 500n, version: 2 })
  await holdAll(all, [aHold({ orgId, nodes: [high], amount: 100n }), aHold({ orgId, nodes: [low], amount: 100n })])
  const late = Array.from({ length: 100 }, () => aHold({ orgId, nodes: [high], amount: 100n }))
  expect(await holdAll(all, late)).toHaveLength(3)
  expect(await balances(orgId, [high])).toEqual([[0n, 500n, 500n]])
})

it('charges each of 200 attempts once when settlement, release and sweep race for it', async () => {
  const { url, redis, shortLived, balances, events } = await openLedger()
  const all = await proxies(url, 4)
  const orgId = anOrgId()
  const nodes = [aNode({ limit: 1_000_000n })]
  const holds = Array.from({ length: 200 }, () => aHold({ orgId, nodes, amount: 100n }))
  await Promise.all(holds.map((hold) => shortLived.hold(hold)))
  const sweepers = [makeSweeper(redis, { graceMs: 0 }), makeSweeper(redis, { graceMs: 0 })]
  // Half of the attempts were sent and cost 30; the other half was not sent.
  const owners = holds.flatMap((hold, i): Promise<unknown>[] => {
    const budgets = seenBy(all, i)
    if (i % 2 === 1) return [budgets.release(hold), budgets.release(hold)]
    return [budgets.settle(settlementOf(hold, { amount: 30n })), budgets.settle(settlementOf(hold, { amount: 30n }))]
  })
  await Promise.all([...sweepers.map((sweeper) => sweeper.sweep(shardOf(orgId))), ...owners])

  expect(await balances(orgId, nodes)).toEqual([[3_000n, 0n, 1_000_000n]])
  const charges = (await events(orgId)).map((payload) => {
    if (payload.kind !== 'attempt') throw new Error('Only attempts were written')
    const { kind, amount, hold } = payload.event
    return kind === 'correction' ? amount - hold : amount
  })
  expect(charges.reduce((sum, charge) => sum + charge, 0n)).toBe(3_000n)
})
