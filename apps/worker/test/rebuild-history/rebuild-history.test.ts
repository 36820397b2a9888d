import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { sharedRedis } from '@tollkeeper/testbed/redis'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { Organisation } from './organisation.ts'
import { history } from './steps.ts'

it('has counters that equal the ledger and the open holds after every rebuild in any history, and charges each attempt its cost', async () => {
  const shared = await sharedRedis()
  onTestFinished(() => shared.stop())
  const seen = { rebuilds: 0, counters: 0, costs: 0 }
  const expectSound = async (acme: Organisation) => {
    const standing = await acme.standing()
    expect(standing.map(({ counter }) => counter)).toEqual(standing.map(({ ledger }) => ledger))
    seen.counters += standing.length
    return standing
  }
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const redis = connectRedis(shared.url, { commandTimeoutMs: 20_000 })
      await redisReady(redis)
      await redis.flushdb()
      const acme = new Organisation(redis)
      await acme.rebuild({ lost: 'nothing', told: true, ends: null, late: false })
      for (const step of steps) {
        await acme.step(step)
        if (step.do !== 'rebuild') continue
        await expectSound(acme)
        seen.rebuilds += 1
      }
      await acme.end()
      const standing = await expectSound(acme)
      expect(standing.map(({ counter }) => counter.held).filter((held) => held !== 0n)).toEqual([])
      const costs = acme.costs()
      expect(costs.map(({ charged }) => charged)).toEqual(costs.map(({ cost }) => cost))
      seen.costs += costs.length
      redis.disconnect()
    }),
    { numRuns: 50 },
  )
  expect(seen.rebuilds > 100 && seen.counters > 300 && seen.costs > 300).toBe(true)
}, 300_000)
