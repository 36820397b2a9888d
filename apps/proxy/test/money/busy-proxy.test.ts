import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { sharedRedis } from '@tollkeeper/testbed/redis'
import { afterEach, expect, it, vi } from 'vitest'
import { within } from '../../src/money/within.ts'
import { ask, says } from '../world/ask.ts'
import { startWorld } from '../world/world.ts'

afterEach(() => vi.useRealTimers())

/** Keeps this process from doing anything else. */
function standStill(ms: number): void {
  const untilMs = performance.now() + ms
  while (performance.now() < untilMs);
}

it('answers everybody while it stands still for 500 ms again and again and Redis is healthy', async () => {
  const world = await startWorld()
  const policy = aPolicy(world.simulator.url)
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5'))
  const key = aKey(policy)
  await world.publish(policy, key)
  const proxy = await world.startProxy({ STORE_TIMEOUT_MS: '250' })
  const standing = setInterval(() => standStill(500), 20)
  try {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(proxy.url, key, says('Hi'))))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect((await fetch(`${proxy.url}/readyz`)).status).toBe(200)
  } finally {
    clearInterval(standing)
    await world.stop()
  }
})

it('gets the answer to a question that had not left when it stood still for longer than an answer may take', async () => {
  const { url, stop } = await sharedRedis()
  const redis = connectRedis(url)
  await redisReady(redis)
  const answer = within(100, redis.ping())
  standStill(500)
  expect(await answer).toBe('PONG')
  redis.disconnect()
  await stop()
})

it('gives up a store that is silent when the time that it has is over', async () => {
  vi.useFakeTimers()
  let outcome = 'waits'
  within(100, new Promise(() => {})).catch((error: unknown) => (outcome = String(error)))
  await vi.advanceTimersByTimeAsync(99)
  expect(outcome).toBe('waits')
  await vi.advanceTimersByTimeAsync(5)
  expect(outcome).toMatch(/no answer within 100 ms/)
})
