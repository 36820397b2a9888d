import { list as listBudgets, set as setBudget } from '@tollkeeper/db/budgets'
import { pendingChanges } from '@tollkeeper/db/policies'
import { budgetAt, nodeIdOf } from '@tollkeeper/domain/budget'
import { windowOf } from '@tollkeeper/domain/time'
import { shardOf } from '@tollkeeper/redis/shards'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { carryOver } from '../src/jobs/index.ts'
import { carryPorts } from '../src/ports/carries.ts'
import { spendingOrganisation, type Spending } from './spending-organisation.ts'

let postgres: DisposablePostgres
let redis: DisposableRedis
let acme: Spending

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([disposablePostgres(), disposableRedis()])
  acme = await spendingOrganisation({ postgres: postgres.url, redis: redis.url }, { limit: 1_000n })
})
afterAll(async () => {
  await acme.stop()
  await Promise.all([postgres.stop(), redis.stop()])
})

it('carries what the month before left, what is still held only when it comes back, and never more than the cap', async () => {
  const { db, orgId } = acme
  const { prisma } = db
  const [budget] = await listBudgets(prisma, orgId)
  if (!budget) throw new Error('There is no budget')
  const set = await setBudget(prisma, orgId, { ...budget, carryOver: 400n })
  expect(set).toMatchObject({ ok: true, value: { carryOver: 400n } })

  // A month later: the same stores, another clock.
  const zone = 'Europe/Helsinki'
  const now = windowOf('month', zone, Date.now())
  const later = windowOf('month', zone, now.endMs)
  const ports = { ...carryPorts(db, acme.redis), storeNow: async () => later.startMs + 1_000 }
  const job = carryOver(ports, 1_000)
  const limit = async () => {
    const [there] = await listBudgets(prisma, orgId)
    return there && budgetAt(there, { subject: null, window: later }, later.startMs).budget.limit
  }
  const counter = `b:{${shardOf(orgId)}}:${orgId}/${nodeIdOf(budget.id, null, now.id)}`
  const stands = (used: number, held: number) => acme.redis.hset(counter, { used, held, limit: 1_000, ver: 1 })

  await stands(500, 300)
  expect(await job.run()).toEqual({ carried: 1 })
  expect(await limit()).toBe(1_200n)
  expect(await job.run()).toEqual({ carried: 0 })
  expect((await pendingChanges(prisma, { orgId })).length).toBeGreaterThan(0)

  // The hold settled for 50: 250 come back, of which the cap lets 200 through.
  await stands(550, 0)
  expect(await job.run()).toEqual({ carried: 1 })
  expect(await limit()).toBe(1_400n)

  // Spending more afterwards, which nothing can, would not take back what was said to be there.
  await stands(990, 0)
  expect(await job.run()).toEqual({ carried: 0 })
  expect(await limit()).toBe(1_400n)
})
