import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { parseNodeId } from '@tollkeeper/domain/budget'
import { windowOf } from '@tollkeeper/domain/time'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => world.stop())

it.each([-2, 3])('counts in the hour of the store, also when the clock of the proxy is %i hours off', async (hours) => {
  const policy = aPolicy(world.simulator.url)
  const zone = 'Asia/Kolkata'
  policy.timeZone = zone
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '1', { period: 'hour' }))
  const key = aKey(policy)
  await world.publish(policy, key)
  const now = Date.now
  const hourBefore = windowOf('hour', zone, now()).id
  vi.spyOn(Date, 'now').mockImplementation(() => now() + hours * 3_600_000)

  expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
  expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
  vi.restoreAllMocks()
  const { attempts } = await untilAttempts(world, policy, 2)
  const either = new Set([hourBefore, windowOf('hour', zone, now()).id])
  for (const { nodes } of attempts) expect(either).toContain(parseNodeId(nodes[0] ?? '')?.windowId)
})

it.each([-40, 40])(
  'charges at the time of the store, also when the clock of the proxy is %i days off',
  async (days) => {
    const policy = aPolicy(world.simulator.url)
    policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '1', { period: 'all' }))
    const key = aKey(policy)
    await world.publish(policy, key)
    const now = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => now() + days * 86_400_000)
    const proxy = await world.startProxy()
    const fromMs = now() - 5_000
    expect((await ask(proxy.url, key, says('Hi'))).status).toBe(200)
    vi.restoreAllMocks()
    // The ledger of a budget is summed from when it was made: an earlier charge would be forgotten by a rebuild.
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts[0]?.meta.atMs).toBeGreaterThan(fromMs)
    expect(attempts[0]?.meta.atMs).toBeLessThan(now() + 5_000)
  },
)
