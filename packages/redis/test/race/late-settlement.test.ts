import { setImmediate } from 'node:timers/promises'
import fc, { type Scheduler } from 'fast-check'
import type { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { makeBudgets, makeSweeper } from '../../src/budgets.ts'
import { shardOf } from '../../src/shards.ts'
import { aHold, aNode, settlementOf } from '../builders.ts'
import { openLedger } from '../ledger.ts'
import { times } from './env.ts'

const commands = new Set(['evalsha', 'eval', 'time', 'zrangebyscore', 'hget'])

/** A client whose calls leave in the order that the scheduler chooses, each after the answer to the one before. */
function scheduled(redis: Redis, scheduler: Scheduler) {
  let answer: Promise<unknown> = Promise.resolve()
  const client = new Proxy(redis, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver)
      if (typeof name !== 'string' || !commands.has(name) || typeof member !== 'function') return member
      return (...args: unknown[]) =>
        scheduler.schedule(Promise.resolve(), name).then(() => {
          const reply = Promise.resolve(Reflect.apply(member, target, args) as unknown)
          answer = reply.catch(() => {})
          return reply
        })
    },
  })
  /** Lets one call go, and waits until whoever made it had the answer and made the next one. */
  const act = async (release: () => Promise<unknown>): Promise<void> => {
    await release()
    await setImmediate()
    await answer
    await setImmediate()
  }
  return { client, act }
}

// 200 interleavings each time: 10,000 when the races are run 50 times.
it('(c) charges an attempt once in every interleaving of its settlement, two sweeps, a renewal and a late settlement', async () => {
  const { redis, shortLived, balances, events } = await openLedger()
  const kinds = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const hold = aHold({ nodes: [aNode(), aNode({ mode: 'soft' })], amount: 100n })
      await shortLived.hold(hold)
      const { client, act } = scheduled(redis, scheduler)
      const budgets = makeBudgets(client, { leaseMs: -1 })
      const settlement = settlementOf(hold, { amount: 30n })
      const sweep = () => makeSweeper(client, { graceMs: 0 }).sweep(shardOf(hold.orgId))
      const late = async () => {
        await sweep()
        return budgets.settle(settlement)
      }
      await scheduler.waitFor(
        Promise.all([budgets.settle(settlement), sweep(), late(), budgets.renew(hold.orgId, [hold.attemptId])]),
        act,
      )
      expect(await balances(hold.orgId, hold.nodes)).toEqual([
        [30n, 0n, 1_000n],
        [30n, 0n, null],
      ])
      const charged = (await events(hold.orgId)).map((payload) => {
        if (payload.kind !== 'attempt') throw new Error('Only attempts were written')
        const { kind, amount, hold: held } = payload.event
        return { kind, amount: kind === 'correction' ? amount - held : amount }
      })
      expect(charged.reduce((sum, { amount }) => sum + amount, 0n)).toBe(30n)
      kinds.add(charged.map(({ kind }) => kind).join(' '))
      // So that the streams stay short.
      await redis.del(`us:{${shardOf(hold.orgId)}}`)
    }),
    { numRuns: 200 * times },
  )
  expect([...kinds].toSorted()).toEqual(['final', 'provisional correction'])
}, 600_000)
