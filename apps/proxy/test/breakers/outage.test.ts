import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says, type Asked } from '../world/ask.ts'
import { askStream } from '../world/stream.ts'
import { startWorld, type RunningProxy, type World } from '../world/world.ts'

let world: World
let proxies: RunningProxy[]
beforeAll(async () => {
  world = await startWorld({ env: { CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '2' } })
  const more = await Promise.all([world.startProxy(), world.startProxy(), world.startProxy()])
  proxies = [world.first, ...more]
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

async function team() {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  const askAt = (i: number, text = 'Hi') => ask(proxies[i % 4]?.url ?? '', key, says(text))
  const calls = async () => (await world.simulator.totals()).calls
  const charged = async () => (await world.balances(policy))[budget.id]
  return { policy, key, askAt, calls, charged }
}

/** Asks until somebody is let through to the provider again. */
const untilAsked = (calls: () => Promise<number>, before: number, askOnce: () => Promise<Asked>) =>
  until(async () => (await askOnce(), (await calls()) > before || undefined), { within: 10_000, what: 'a canary' })

describe('four proxies and a provider that is out', () => {
  it('ask it a few times together, say when to come back, and ask again once', async () => {
    const { policy, askAt, calls, charged } = await team()
    await world.simulator.behave({ outage: true })
    const answers: Asked[] = []
    for (let i = 0; i < 24; i += 1) answers.push(await askAt(i))
    // The fifth failure opens it everywhere; one more may be on its way at each of the others.
    const before = await calls()
    expect([before >= 5, before <= 8]).toEqual([true, true])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
    const last = answers.at(-1)
    expect(last?.headers.get('x-gateway-attempts')).toBe('simulated:cb_open')
    expect(last?.body.error.code).toBe('upstream_unavailable')
    expect(['1', '2']).toContain(last?.headers.get('retry-after'))
    const metrics = await (await fetch(`${world.url}/metrics`)).text()
    expect(metrics).toMatch(
      new RegExp(`^gateway_circuit_breaker_state\\{provider="${policy.providers[0]?.id}"\\} [12]$`, 'm'),
    )

    // When the cool-down is over one call goes out, fails, and opens it anew.
    let i = 0
    await untilAsked(calls, before, () => askAt((i += 1)))
    for (let more = 0; more < 8; more += 1) await askAt(more)
    expect(await calls()).toBe(before + 1)
    expect(await charged()).toMatchObject({ used: 0n, held: 0n })
    const { attempts } = await world.usage(policy)
    expect(attempts).toHaveLength(before + 1)
  }, 30_000)

  it('let exactly one canary go among all that ask at once, and answer everybody after it', async () => {
    const { askAt, calls } = await team()
    await world.simulator.behave({ outage: true })
    for (let i = 0; i < 12; i += 1) await askAt(i)
    const before = await calls()
    await world.simulator.behave({ outage: false, ttftMs: 500 })
    const all = await until(
      async () => {
        const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => askAt(i)))
        return answers.some(({ status }) => status === 200) ? answers : undefined
      },
      { within: 10_000, what: 'an answer' },
    )
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await calls()).toBe(before + 1)
    await world.simulator.behave({ ttftMs: 0 })
    await until(
      async () => {
        const answers = await Promise.all([0, 1, 2, 3].map((i) => askAt(i)))
        return answers.every(({ status }) => status === 200) || undefined
      },
      { within: 5_000, what: 'all proxies to know that it is closed' },
    )
  }, 30_000)

  it('count a stream that breaks, although it was answered at first', async () => {
    const { key, calls } = await team()
    for (let i = 0; i < 5; i += 1) {
      const stream = await askStream(world.url, key, says('Hi [[sim:cut=2]]'))
      expect((await stream.rest()).at(-1)).toContain('"upstream_unavailable"')
    }
    const before = await calls()
    const answer = await until(
      async () => {
        const answer = await ask(world.url, key, says('Hi [[sim:cut=0]]'))
        return answer.headers.get('x-gateway-attempts') === 'simulated:cb_open' ? answer : undefined
      },
      { within: 10_000, what: 'the breaker to open' },
    )
    expect(answer.status).toBe(503)
    expect((await calls()) - before).toBeLessThanOrEqual(5)
  }, 30_000)
})

describe('a provider that is well', () => {
  it.each([400, 404, 401])('is asked on, however often it refuses with %i', async (status) => {
    const { askAt, calls } = await team()
    for (let i = 0; i < 12; i += 1) await askAt(i, `Hi [[sim:status=${status}]]`)
    expect(await calls()).toBe(12)
    expect((await askAt(0)).status).toBe(200)
  })

  it('is asked on while more than half of the calls are answered', async () => {
    const { key, calls } = await team()
    const askHere = (text: string) => ask(world.url, key, says(text))
    for (let i = 0; i < 7; i += 1) {
      for (let twice = 0; twice < 2; twice += 1) expect((await askHere('Hi')).status).toBe(200)
      // Not retried, so exactly one failure.
      expect((await askHere('Hi [[sim:cut=0]]')).status).toBe(503)
    }
    expect(await calls()).toBe(21)
  })

  it('but limits our credential is not asked before it said, and the caller is told when', async () => {
    const { askAt, calls } = await team()
    expect((await askAt(0, 'Hi [[sim:status=429;retry-after=7]]')).status).toBe(429)
    const answer = await until(
      async () => {
        const answer = await askAt(1)
        return answer.status === 429 ? answer : undefined
      },
      { within: 5_000, what: 'the other proxy to hear of it' },
    )
    expect(answer.body.error.gateway).toMatchObject({ reason: 'upstream_rate_limited', source: 'provider:Simulated' })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(3)
    const before = await calls()
    expect((await askAt(2)).status).toBe(429)
    expect(await calls()).toBe(before)
  })
})
