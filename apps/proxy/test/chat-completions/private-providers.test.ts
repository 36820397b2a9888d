import { aBudget, aKey, aPolicy, aProvider } from '@tollkeeper/testbed/builders'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, says } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ env: { ALLOW_PRIVATE_PROVIDERS: '0' } })
})
afterAll(() => world.stop())

async function team(kind: 'simulator' | 'openai-compatible') {
  const policy = aPolicy(world.simulator.url, { providers: [aProvider(world.simulator.url, { kind })] })
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, key, charged: async () => (await world.balances(policy))[budget.id] }
}

describe('an installation that calls no providers inside its own network', () => {
  it('does not call one that got there all the same, whole or streamed: nothing leaves, nothing is charged', async () => {
    const { policy, key, charged } = await team('openai-compatible')
    for (const stream of [false, true]) {
      const answer = await ask(world.url, key, says('Hi', { stream }))
      expect(answer.status).toBe(503)
      expect(answer.body.error).toMatchObject({
        message: expect.stringContaining('is inside a private network') as string,
        gateway: { source: 'provider:Simulated', reason: 'upstream_forbidden_address' },
      })
    }
    expect(await world.simulator.calls()).toEqual([])
    const { attempts } = await untilAttempts(world, policy, 2)
    expect(attempts).toMatchObject([
      { amount: 0n, result: { outcome: 'not-sent', status: null } },
      { amount: 0n, result: { outcome: 'not-sent', status: null } },
    ])
    expect(await charged()).toMatchObject({ used: 0n, held: 0n })
  })

  it('still calls its own simulator', async () => {
    const { key } = await team('simulator')
    expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
  })
})
