import { disposableRedis } from '@tollkeeper/testbed/redis'
import { expect, it, onTestFinished } from 'vitest'
import type { SettleReply } from '../src/budgets.ts'
import { redisReady, StoreUnavailable } from '../src/connection.ts'
import { holdKey } from '../src/keys.ts'
import { aHold, aNode, anOrgId, settlementOf } from './builders.ts'
import { openLedger } from './ledger.ts'

type Fate = { held: boolean; settled: SettleReply['kind'] | undefined }

it('loses no acknowledged hold or charge when Redis is killed among 2,000, and doubles none that are sent again', async () => {
  const server = await disposableRedis({ fsync: 'always' })
  const { redis, budgets, balances, events } = await openLedger(server.url)
  onTestFinished(() => server.stop())
  const orgId = anOrgId()
  const nodes = [aNode({ limit: 9_000_000_000_000_000n }), aNode({ mode: 'soft' })]
  const holds = Array.from({ length: 2_000 }, () => aHold({ orgId, nodes, amount: 100n }))
  const costOf = (i: number): bigint => BigInt(i % 100)
  const fates: Fate[] = holds.map(() => ({ held: false, settled: undefined }))

  let acknowledged = 0
  let killed: Promise<unknown> | undefined
  await Promise.all(
    holds.map(async (hold, i) => {
      const fate = fates[i]
      if (!fate) return
      try {
        fate.held = (await budgets.hold(hold)).kind === 'held'
        acknowledged += 1
        // The first 500 stay open. The rest settles: those are the ones that are torn apart.
        if (i >= 500) fate.settled = (await budgets.settle(settlementOf(hold, { amount: costOf(i) }))).kind
        acknowledged += 1
        if (acknowledged >= 1_500) killed ??= server.kill9()
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable)
      }
    }),
  )
  await killed
  const unanswered = fates.filter((fate, i) => !fate.held || (i >= 500 && !fate.settled)).length
  expect(unanswered).toBeGreaterThan(0)

  await server.restart()
  await redisReady(redis)
  // What was acknowledged is there.
  const charged = async () =>
    new Set((await events(orgId)).map((payload) => (payload.kind === 'attempt' ? payload.event.attemptId : null)))
  const found = await charged()
  const states = await Promise.all(holds.map((hold) => redis.hget(holdKey(orgId, hold.attemptId), 'st')))
  const lostHolds = holds.filter((_hold, i) => fates[i]?.held && states[i] === null)
  const lostCharges = holds.filter((hold, i) => fates[i]?.settled === 'settled' && !found.has(hold.attemptId))
  expect([lostHolds, lostCharges]).toEqual([[], []])

  // Everything is sent again, acknowledged or not: nothing counts twice.
  await Promise.all(
    holds.map(async (hold, i) => {
      const repeated = await budgets.hold(hold).catch((error: unknown) => String(error))
      if (fates[i]?.settled) expect(repeated).toBe('Error: The attempt has a hold already, in state S')
      if (i >= 500) await budgets.settle(settlementOf(hold, { amount: costOf(i) }))
    }),
  )
  const spent = holds.reduce((sum, _hold, i) => sum + (i >= 500 ? costOf(i) : 0n), 0n)
  expect(await balances(orgId, nodes)).toEqual([
    [spent, 50_000n, 9_000_000_000_000_000n],
    [spent, 50_000n, null],
  ])
  expect((await charged()).size).toBe(1_500)
  expect(await events(orgId)).toHaveLength(1_500)
})

it('fails at once while Redis is away, and goes on by itself when it is back', async () => {
  const server = await disposableRedis()
  const { redis, budgets } = await openLedger(server.url)
  onTestFinished(() => server.stop())
  const hold = aHold({ nodes: [aNode()] })
  await server.kill9()
  await expect(budgets.hold(hold)).rejects.toThrow(StoreUnavailable)
  await expect(budgets.hold(hold)).rejects.toThrow(StoreUnavailable)
  await server.restart()
  await redisReady(redis)
  expect(await budgets.hold(hold)).toMatchObject({ kind: 'held' })
})
