import { afterAll, beforeAll, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says } from '../world/ask.ts'
import { repetitions } from '../world/env.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

it.each(repetitions)(
  '(e) charges what was admitted before a key was revoked, and admits nothing once the proxy has heard of it, time %i',
  async () => {
    await world.simulator.reset()
    const policy = aPolicy(world.simulator.url)
    policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId }, '100'))
    const key = aKey(policy)
    await world.publish(policy, key)
    const body = says('Hi', { max_tokens: 20 })
    let answered = 0
    const request = async () => {
      const { status } = await ask(world.url, key, body)
      if (status === 200) answered += 1
      return status
    }
    expect(await request()).toBe(200)

    const racing = Array.from({ length: 60 }, request)
    const revoked = { ...key.record, version: 2, status: 'revoked' as const, statusChangedAtMs: 1_790_000_000_000 }
    await world.publish(policy, { ...key, record: revoked })
    await until(async () => (await request()) === 401, { within: 10_000 })
    const late = await Promise.all(Array.from({ length: 20 }, request))
    expect(late).toEqual(Array.from({ length: 20 }, () => 401))

    const raced = await Promise.all(racing)
    expect(raced.filter((status) => status !== 200 && status !== 401)).toEqual([])
    // Who was refused was sent to nobody; who was answered was charged, and nothing stays held.
    expect((await world.simulator.totals()).calls).toBe(answered)
    const { attempts } = await untilAttempts(world, policy, answered)
    const charged = attempts.reduce((sum, { amount }) => sum + amount, 0n)
    expect([attempts.length, charged > 0n]).toEqual([answered, true])
    for (const balance of Object.values(await world.balances(policy)))
      expect(balance).toMatchObject({ used: charged, held: 0n })
  },
)
