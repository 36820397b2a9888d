import { until } from '@tollkeeper/testbed/processes'
import { disposableRedis } from '@tollkeeper/testbed/redis'
import { expect, it, onTestFinished } from 'vitest'
import { aHold, aNode } from '../test/builders.ts'
import { openLedger } from '../test/ledger.ts'
import { makeBudgets } from './budgets.ts'
import { connectRedis, reachable, redisReady, StoreUnavailable } from './connection.ts'

it('fails a call at once that is made before there is a connection', async () => {
  const redis = connectRedis('redis://127.0.0.1:1')
  onTestFinished(() => redis.disconnect())
  await expect(reachable(redis.ping())).rejects.toThrow(StoreUnavailable)
  await expect(redisReady(redis, 50)).rejects.toThrow('no connection within 50 ms')
})

it('gives a hold back whose answer was lost, once the store answers again', async () => {
  const server = await disposableRedis()
  const { balances, redis: control, budgets: patient } = await openLedger(server.url)
  const redis = connectRedis(server.url, { commandTimeoutMs: 100 })
  onTestFinished(async () => {
    redis.disconnect()
    await server.stop()
  })
  await redisReady(redis)
  const budgets = makeBudgets(redis, { leaseMs: 60_000 })
  const hold = aHold({ nodes: [aNode()] })
  await until(() => budgets.epochs.refresh(hold.orgId), { within: 10_000 })

  await control.call('CLIENT', 'PAUSE', '600', 'ALL')
  await expect(budgets.hold(hold)).rejects.toThrow(StoreUnavailable)
  await until(() => budgets.release(hold).then(() => true), { within: 10_000 })

  // Whether the hold came first and was given back, or never came in: nothing is held, and it cannot come any more.
  const [balance] = await balances(hold.orgId, hold.nodes)
  expect(balance?.[1] ?? 0n).toBe(0n)
  await expect(patient.hold(hold)).rejects.toThrow('in state R')
})

it('loads its scripts again after the store forgot them', async () => {
  const server = await disposableRedis()
  onTestFinished(() => server.stop())
  const { budgets, redis } = await openLedger(server.url)
  const hold = aHold({ nodes: [aNode()] })
  await budgets.hold(hold)
  await redis.script('FLUSH')
  await budgets.release(hold)
  expect(await budgets.hold(aHold())).toMatchObject({ kind: 'held' })
})

it('takes a store that cannot write for one that is away', async () => {
  const server = await disposableRedis()
  onTestFinished(() => server.stop())
  const { budgets, redis } = await openLedger(server.url)
  await redis.config('SET', 'maxmemory', '1')
  await expect(budgets.hold(aHold({ nodes: [aNode()] }))).rejects.toThrow(StoreUnavailable)
  await redis.config('SET', 'maxmemory', '0')
  expect(await budgets.hold(aHold({ nodes: [aNode()] }))).toMatchObject({ kind: 'held' })
})
