import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { aKey, aLimit, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says, type Asked } from '../world/ask.ts'
import { spawnProxy } from '../world/proxy-process.ts'
import { askStream } from '../world/stream.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ env: { PERMIT_WAIT_MS: '30000', CIRCUIT_BREAKER_ENABLED: 'false' } })
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

/** A team that may run so many streams and whole answers. */
async function team(concurrency: { streams: number | null; whole: number | null }) {
  const policy = aPolicy(world.simulator.url)
  policy.rateLimits.push(aLimit({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, { concurrency }))
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, key }
}

const counted = (answers: readonly Asked[], status: number) => answers.filter((each) => each.status === status).length

/** Most calls that the provider was answering at a time, since it was reset. */
const peak = async (): Promise<number> => (await world.simulator.totals()).mostOpen

it('lets 10 of 200 requests run at a time, through two proxies, and answers all of them in turn', async () => {
  const { key } = await team({ streams: null, whole: 10 })
  const other = await world.startProxy()
  const all = Promise.all(
    Array.from({ length: 200 }, (_, i) => ask(i % 2 ? world.url : other.url, key, says('Hi [[sim:slow=20]]'))),
  )
  expect(counted(await all, 200)).toBe(200)
  expect(await peak()).toBe(10)
})

it('refuses with 429 whom no permit came free for within the wait, and says when to come again', async () => {
  const { key } = await team({ streams: null, whole: 2 })
  const hasty = await world.startProxy({ PERMIT_WAIT_MS: '100' })
  const slow = [1, 2].map(() => ask(hasty.url, key, says('Hi [[sim:slow=1500]]')))
  await until(async () => (await world.simulator.totals()).open === 2, { within: 5_000 })
  const refused = await ask(hasty.url, key, says('Hi'))
  expect(refused.status).toBe(429)
  expect(refused.body.error).toMatchObject({
    code: 'rate_limit_exceeded',
    gateway: { reason: 'concurrency_limited', unit: 'whole', scope: { name: 'Acme' }, limit: 2 },
  })
  expect(Number(refused.headers.get('retry-after-ms'))).toBeGreaterThanOrEqual(100)
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200])
  expect((await ask(hasty.url, key, says('Hi'))).status).toBe(200)
})

it('counts streams and whole answers apart', async () => {
  const { key } = await team({ streams: 1, whole: 1 })
  const hasty = await world.startProxy({ PERMIT_WAIT_MS: '50' })
  const stream = await askStream(hasty.url, key, says('Hi [[sim:tokens=40]] [[sim:tps=40]]'))
  await stream.next()
  expect((await ask(hasty.url, key, says('Hi'))).status).toBe(200)
  const second = await ask(hasty.url, key, says('Hi', { stream: true }))
  expect(second.body.error.gateway).toMatchObject({ reason: 'concurrency_limited', unit: 'streams' })
  expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
  const third = await askStream(hasty.url, key, says('Hi [[sim:tokens=2]]'))
  expect((await third.rest()).at(-1)).toBe('data: [DONE]')
})

it('gives permits back when providers fail, clients leave, requests are refused and streams break', async () => {
  const { key } = await team({ streams: 1, whole: 1 })
  const statuses = []
  for (const body of [
    says('Hi [[sim:status=500]]'),
    says('Hi [[sim:cut=1]]'),
    { ...says('Hi'), model: 'nobody-knows-this' },
    says('Hi'),
  ])
    statuses.push((await ask(world.url, key, body)).status)
  expect(statuses).toEqual([503, 503, 404, 200])

  const left = await askStream(world.url, key, says('Hi [[sim:tokens=20]] [[sim:tps=40]]'))
  await left.next()
  left.leave()
  const cut = await askStream(world.url, key, says('Hi [[sim:tokens=40]] [[sim:cut=20]]'))
  await cut.rest()
  const last = await askStream(world.url, key, says('Hi [[sim:tokens=2]]'))
  expect((await last.rest()).at(-1)).toBe('data: [DONE]')
})

it('lets others run once the leases of a proxy that was killed are over', async () => {
  const { key } = await team({ streams: 1, whole: null })
  const doomed = await spawnProxy(world.env({ LEASE_MS: '1000', RENEW_MS: '250' }))
  const stream = await askStream(doomed.url, key, says('Hi [[sim:tokens=400]] [[sim:tps=20]]'))
  await stream.next()
  const broken = stream.rest().catch(() => 'broke')
  const hasty = await world.startProxy({ PERMIT_WAIT_MS: '0' })
  expect((await ask(hasty.url, key, says('Hi', { stream: true }))).status).toBe(429)
  await doomed.kill9()
  await broken
  const next = await askStream(world.url, key, says('Hi [[sim:tokens=2]]'))
  expect((await next.rest()).at(-1)).toBe('data: [DONE]')
})

it('keeps a permit for as long as its stream runs, three leases long', async () => {
  const { key } = await team({ streams: 1, whole: null })
  const brief = await world.startProxy({ LEASE_MS: '400', RENEW_MS: '100', PERMIT_WAIT_MS: '0' })
  const stream = await askStream(brief.url, key, says('Hi [[sim:tokens=60]] [[sim:tps=50]]'))
  await stream.next()
  const over = new AbortController()
  const rest = stream.rest().finally(() => over.abort())
  const statuses = new Set<number>()
  while (!over.signal.aborted) {
    const { status } = await ask(brief.url, key, says('Hi', { stream: true }))
    if (!over.signal.aborted) statuses.add(status)
  }
  expect(statuses.has(429)).toBe(true)
  expect((await rest).at(-1)).toBe('data: [DONE]')
  expect((await world.simulator.calls()).length).toBeLessThanOrEqual(2)
})

it('answers what one process and one provider may run at a time, and is overloaded beyond', async () => {
  const { key } = await team({ streams: null, whole: null })
  for (const limit of ['PROXY_MAX_WHOLE', 'PROVIDER_MAX_RUNNING']) {
    await world.simulator.reset()
    const small = await world.startProxy({ [limit]: '3', PERMIT_WAIT_MS: '5000' })
    const all = Promise.all(Array.from({ length: 30 }, () => ask(small.url, key, says('Hi [[sim:slow=20]]'))))
    expect(counted(await all, 200)).toBe(30)
    expect(await peak()).toBe(3)

    const hasty = await world.startProxy({ [limit]: '1', PERMIT_WAIT_MS: '20', PERMIT_QUEUE: '1' })
    const few = await Promise.all(Array.from({ length: 5 }, () => ask(hasty.url, key, says('Hi [[sim:slow=300]]'))))
    expect([counted(few, 200), counted(few, 503)]).toEqual([1, 4])
    expect(few.find(({ status }) => status === 503)?.body.error.gateway).toMatchObject({ reason: 'overloaded' })
  }
})
