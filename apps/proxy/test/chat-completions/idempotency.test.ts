import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ask, says } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.simulator.reset())

async function anOrganisation() {
  const policy = aPolicy(world.simulator.url)
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId }, '1'))
  const keys = [aKey(policy), aKey(policy)] as const
  await world.publish(policy, ...keys)
  return { policy, keys }
}

const named = (word: string) => ({ 'idempotency-key': word })
const calls = async () => (await world.simulator.totals()).calls

it('answers the same request with the same key once, and then again with the same bytes at no cost', async () => {
  const { policy, keys } = await anOrganisation()
  const [key] = keys
  const first = await ask(world.url, key, says('Hi'), named('order-7'))
  const again = await ask(world.url, key, says('Hi'), named('order-7'))
  expect([first.status, again.status, again.text]).toEqual([200, 200, first.text])
  expect(first.headers.get('idempotent-replayed')).toBeNull()
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(again.headers.get('x-gateway-cost-usd')).toBe('0.000000000')
  expect(again.headers.get('x-gateway-saved-usd')).toBe(first.headers.get('x-gateway-cost-usd'))
  expect(await calls()).toBe(1)
  const { attempts } = await untilAttempts(world, policy, 1)
  const [balance] = Object.values(await world.balances(policy))
  expect(balance).toMatchObject({ used: attempts[0]?.amount, held: 0n })
  const row = await until(
    async () => (await world.usage(policy)).requests.find(({ answeredFrom }) => answeredFrom !== undefined),
    { within: 5_000, what: 'the row of the replay' },
  )
  expect(row.answeredFrom).toEqual({
    kind: 'replay',
    requestId: first.headers.get('x-request-id'),
    avoided: String(attempts[0]?.amount),
  })
})

it('tells a stream again, also one whose client left in its middle', async () => {
  const { keys } = await anOrganisation()
  const [key] = keys
  const body = says('[[sim:tps=100]] Hi', { stream: true, stream_options: { include_usage: true } })
  const leaving = new AbortController()
  const response = await fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json', ...named('stream-1') },
    body: JSON.stringify(body),
    signal: leaving.signal,
  })
  await response.body?.getReader().read()
  leaving.abort()
  const replay = await until(
    async () => {
      const asked = await ask(world.url, key, body, named('stream-1'))
      return asked.status === 409 ? undefined : asked
    },
    { within: 10_000, what: 'the end of the first one' },
  )
  expect(replay.headers.get('idempotent-replayed')).toBe('true')
  expect(replay.text.trimEnd()).toMatch(/data: \[DONE\]$/)
  expect(await calls()).toBe(1)
})

it('refuses the key with another body by 422, and while its request runs by 409', async () => {
  const { keys } = await anOrganisation()
  const [key] = keys
  const running = ask(world.url, key, says('[[sim:slow=400]] Hi'), named('order-7'))
  await until(async () => (await world.simulator.totals()).open > 0 || undefined, { within: 5_000 })
  const early = await ask(world.url, key, says('[[sim:slow=400]] Hi'), named('order-7'))
  expect([early.status, early.body.error.gateway['reason']]).toEqual([409, 'idempotent_request_running'])
  expect(early.headers.get('retry-after')).toBe('1')
  expect((await running).status).toBe(200)
  const other = await ask(world.url, key, says('Bye'), named('order-7'))
  expect([other.status, other.body.error.gateway['reason']]).toEqual([422, 'idempotency_key_reused'])
  expect(await calls()).toBe(1)
})

it('is the key’s own: another key of the organisation, and another organisation, get answers of their own', async () => {
  const acme = await anOrganisation()
  const globex = await anOrganisation()
  for (const key of [...acme.keys, ...globex.keys]) {
    const { status, headers } = await ask(world.url, key, says('Hi'), named('order-7'))
    expect([status, headers.get('idempotent-replayed')]).toEqual([200, null])
  }
  expect(await calls()).toBe(4)
})

it('forgets a request that failed, so that it can be sent again', async () => {
  const { keys } = await anOrganisation()
  const [key] = keys
  await world.simulator.behave({ status: 503, statusCalls: 1, retryAfterSeconds: 30 })
  expect((await ask(world.url, key, says('Hi'), named('order-7'))).status).toBe(503)
  expect((await ask(world.url, key, says('Hi'), named('order-7'))).status).toBe(200)
  expect(await calls()).toBe(2)
})

it('does not keep an answer of more than 256 kB', async () => {
  const { keys } = await anOrganisation()
  const [key] = keys
  const body = says('[[sim:tokens=2500]] Hi', { stream: true, max_tokens: 2_600 })
  expect((await ask(world.url, key, body, named('long'))).text.length).toBeGreaterThan(262_144)
  expect((await ask(world.url, key, body, named('long'))).headers.get('idempotent-replayed')).toBeNull()
  expect(await calls()).toBe(2)
})

it.each(['', 'a'.repeat(256), 'naïve'])('refuses %j as a key', async (word) => {
  const { keys } = await anOrganisation()
  const { status, body } = await ask(world.url, keys[0], says('Hi'), named(word))
  expect([status, body.error.param]).toEqual([400, 'Idempotency-Key'])
  expect(await calls()).toBe(0)
})
