import { aKey, aModel, aPolicy, aProvider, aBudget, aLimit } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ask, says, type Asked } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.simulator.reset())

const joining = { settings: { joinInFlight: true } }
const policyOf = (change: Parameters<typeof aPolicy>[1] = {}) => aPolicy(world.simulator.url, { ...joining, ...change })

/** Waits until that many requests of an organisation have their rows. */
const untilRows = (policy: ReturnType<typeof aPolicy>, count: number) =>
  until(
    async () => {
      const { requests } = await world.usage(policy)
      return requests.length >= count ? requests : undefined
    },
    { within: 10_000, what: `${count} rows` },
  )

const callsOpen = (count: number) =>
  until(async () => (await world.simulator.totals()).open >= count || undefined, {
    within: 10_000,
    what: 'an open call',
  })

const cacheOf = (asked: Asked) => asked.headers.get('x-gateway-cache')

it('answers 50 equal requests at once by one call and one charge, with 50 equal bodies', async () => {
  const policy = policyOf()
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId }, '1'))
  const key = aKey(policy)
  await world.publish(policy, key)
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) => ask(world.url, key, says('[[sim:slow=500]] the same', { user: `u${at}` }))),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect((await world.simulator.totals()).calls).toBe(1)
  expect(answers.filter((each) => cacheOf(each) === 'dedup')).toHaveLength(49)
  const [leader] = answers.filter((each) => cacheOf(each) === 'none')
  const cost = leader?.headers.get('x-gateway-cost-usd')
  for (const follower of answers.filter((each) => each !== leader)) {
    expect(follower.headers.get('x-gateway-cost-usd')).toBe('0.000000000')
    expect(follower.headers.get('x-gateway-saved-usd')).toBe(cost)
  }
  const rows = await untilRows(policy, 50)
  const { attempts } = await untilAttempts(world, policy, 1)
  expect(attempts).toHaveLength(1)
  const leaderId = leader?.headers.get('x-request-id')
  const followers = rows.filter((row) => row.answeredFrom)
  expect(followers).toHaveLength(49)
  for (const row of followers)
    expect(row).toMatchObject({
      status: 200,
      attempts: 0,
      modelUsed: 'gpt-4o-mini',
      answeredFrom: { kind: 'dedup', requestId: leaderId, avoided: String(attempts[0]?.amount) },
    })
  const [balance] = Object.values(await world.balances(policy))
  expect(balance).toMatchObject({ used: attempts[0]?.amount, held: 0n })
})

it.each<[string, object, Record<string, string>]>([
  ['another text', { messages: [{ role: 'user', content: '[[sim:slow=300]] other' }] }, {}],
  ['another cap', { max_tokens: 77 }, {}],
  ['several answers', { n: 2 }, {}],
  ['x-gateway-cache: off', {}, { 'x-gateway-cache': 'off' }],
  ['cache-control: no-store', {}, { 'cache-control': 'no-store' }],
  ['a deadline of its own', {}, { 'x-gateway-deadline-ms': '5000' }],
])('makes two calls when the second request has %s', async (_, change, headers) => {
  const policy = policyOf()
  const key = aKey(policy)
  await world.publish(policy, key)
  const body = says('[[sim:slow=300]] the same')
  const answers = await Promise.all([
    ask(world.url, key, { ...body, ...('n' in change ? change : {}) }),
    ask(world.url, key, { ...body, ...change }, headers),
  ])
  expect(answers.map(cacheOf)).toEqual(['none', 'none'])
  expect((await world.simulator.totals()).calls).toBe(2)
})

it('never joins two organisations, nor an organisation that does not want it', async () => {
  const orgs = [policyOf(), policyOf(), policyOf({ settings: { joinInFlight: false } })]
  const keys = orgs.map((policy) => aKey(policy))
  for (const [at, policy] of orgs.entries()) await world.publish(policy, keys[at]!)
  const body = says('[[sim:slow=300]] the same')
  const answers = await Promise.all([...keys, keys[2]!].map((key) => ask(world.url, key, body)))
  expect(answers.map(cacheOf)).toEqual(['none', 'none', 'none', 'none'])
  expect((await world.simulator.totals()).calls).toBe(4)
})

it('joins two keys of one organisation, but refuses one that may not use the model or has no request left', async () => {
  const policy = policyOf()
  const [ada, ben, cleo, dan] = [aKey(policy), aKey(policy), aKey(policy, { allowedModels: ['gpt-4o'] }), aKey(policy)]
  policy.rateLimits.push(aLimit({ kind: 'key', id: dan.record.scopes.keyId }, { requestsPerMinute: 1 }))
  await world.publish(policy, ada, ben, cleo, dan)
  expect((await ask(world.url, dan, says('before'))).status).toBe(200)
  await world.simulator.reset()
  const body = says('[[sim:slow=500]] the same')
  const answers = await Promise.all([ada, ben, cleo, dan].map((key) => ask(world.url, key, body)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 429])
  expect(new Set(answers.slice(0, 2).map(cacheOf))).toEqual(new Set(['dedup', 'none']))
  expect((await world.simulator.totals()).calls).toBe(1)
})

it('answers a follower whose own budget is used up, since it pays nothing', async () => {
  const policy = policyOf()
  const [rich, poor] = [aKey(policy), aKey(policy)]
  policy.budgets.push(aBudget({ kind: 'key', id: poor.record.scopes.keyId }, '0'))
  await world.publish(policy, rich, poor)
  const body = says('[[sim:slow=500]] the same')
  const first = ask(world.url, rich, body)
  await callsOpen(1)
  expect((await ask(world.url, poor, body)).status).toBe(200)
  expect((await first).status).toBe(200)
  expect((await ask(world.url, poor, body)).status).toBe(402)
})

it('lets each be judged by its own budget when the first one is refused by its own', async () => {
  const policy = policyOf()
  const [poor, rich] = [aKey(policy), aKey(policy)]
  policy.budgets.push(aBudget({ kind: 'key', id: poor.record.scopes.keyId }, '0'))
  await world.publish(policy, poor, rich)
  const body = says('[[sim:slow=200]] the same')
  const answers = await Promise.all([poor, rich, poor, rich].map((key) => ask(world.url, key, body)))
  expect(answers.map(({ status }) => status)).toEqual([402, 200, expect.any(Number), 200])
  expect((await world.simulator.totals()).calls).toBe(1)
})

it('asks once more for all when the call fails, and tells all when it fails again', async () => {
  const policy = policyOf()
  const key = aKey(policy)
  await world.publish(policy, key)
  const body = says('[[sim:slow=300]] the same')
  // A pause that is too long to wait for: the first one does not try again by itself.
  await world.simulator.behave({ status: 503, statusCalls: 1, retryAfterSeconds: 30 })
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(world.url, key, body)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(9)
  expect((await world.simulator.totals()).calls).toBe(2)

  await world.simulator.reset()
  const broken = says('[[sim:slow=300]][[sim:cut=1]] the same')
  const failed = await Promise.all(Array.from({ length: 10 }, () => ask(world.url, key, broken)))
  expect(failed.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 503))
  expect((await world.simulator.totals()).calls).toBe(2)
})

it('tells all at once what the provider would say to everybody', async () => {
  const policy = policyOf()
  const key = aKey(policy)
  await world.publish(policy, key)
  const body = says('[[sim:slow=300]][[sim:status=422]] the same')
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(world.url, key, body)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
  expect((await world.simulator.totals()).calls).toBe(1)
})

it('does not give an answer that one key’s budget cut short to another key', async () => {
  const provider = aProvider(world.simulator.url)
  const policy = policyOf({ providers: [provider], models: [aModel(provider)] })
  const [poor, rich] = [aKey(policy), aKey(policy)]
  policy.budgets.push(aBudget({ kind: 'key', id: poor.record.scopes.keyId }, '0.0003'))
  await world.publish(policy, poor, rich)
  const body = says('[[sim:slow=400]] the same', { max_tokens: 4_000 })
  const first = ask(world.url, poor, body)
  await callsOpen(1)
  const [second, third] = await Promise.all([ask(world.url, rich, body), ask(world.url, poor, body)])
  expect(Number((await first).headers.get('x-gateway-max-tokens-clamped'))).toBeGreaterThan(0)
  expect([second.headers.get('x-gateway-max-tokens-clamped'), cacheOf(second)]).toEqual([null, 'none'])
  expect(cacheOf(third)).toBe('dedup')
  expect((await world.simulator.totals()).calls).toBe(2)
})
