import { aBudget, aKey, aLimit, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { disposableRedis } from '@tollkeeper/testbed/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, says } from '../world/ask.ts'
import { repetitions } from '../world/env.ts'
import { openLink } from '../world/link.ts'
import { chatBytes, openRaw, type Raw } from '../world/raw.ts'
import { askStream, chunksOf, textOf } from '../world/stream.ts'
import { startWorld, untilAttempts, type RunningProxy, type World } from '../world/world.ts'

/** Every question to Redis takes this long, so that a leader can leave in the middle of one. */
const storeMs = 20

let redis: Awaited<ReturnType<typeof disposableRedis>>
let link: Awaited<ReturnType<typeof openLink>>
let world: World
let proxy: RunningProxy
beforeAll(async () => {
  redis = await disposableRedis()
  world = await startWorld({ redisUrl: redis.url })
  const through = new URL(redis.url)
  link = await openLink(Number(through.port))
  through.port = String(link.port)
  link.set({ kind: 'slow', ms: storeMs })
  // A machine whose disk stands still for a while is not what is raced here.
  proxy = await world.startProxy({ REDIS_URL: through.href, STORE_TIMEOUT_MS: '10000' })
})
afterAll(async () => {
  await world.stop()
  await link.close()
  await redis.stop()
})
beforeEach(() => world.simulator.reset())

/** When the leader goes away; its followers have sent their requests by then. */
type Moment = { name: string; wait: (leader: Raw) => Promise<unknown> }

const after = (ms: number) => () => new Promise((resolve) => setTimeout(resolve, ms))
const wasCalled = async () => {
  const { open, calls } = await world.simulator.totals()
  return open + calls > 0 || undefined
}

const early: readonly Moment[] = [
  { name: 'before it is admitted', wait: () => Promise.resolve() },
  { name: 'while it is admitted', wait: after(storeMs / 2) },
  { name: 'while its hold is taken', wait: after(storeMs * 1.5) },
  { name: 'after its call was sent', wait: () => until(wasCalled, { within: 10_000, every: 1, what: 'its call' }) },
]

const eventsOf = (leader: Raw): number => leader.received().split('data: ').length - 1
/** One with the role, 12 with a token each, one with the reason of the end. */
const allEvents = 14

const inStream: readonly Moment[] = [
  {
    name: 'after the head of its stream',
    wait: (leader) =>
      until(() => leader.received().startsWith('HTTP/1.1 200') || undefined, { within: 10_000, every: 1 }),
  },
  ...Array.from({ length: allEvents }, (_, at) => ({
    name: `after ${at + 1} of its ${allEvents} events, before the last byte`,
    wait: (leader: Raw) => until(() => eventsOf(leader) > at || undefined, { within: 10_000, every: 1 }),
  })),
]

const followers = [1, 2, 3]

async function anOrganisation() {
  const policy = aPolicy(world.simulator.url, { settings: { joinInFlight: true } })
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId }, '1'))
  policy.rateLimits.push(aLimit({ kind: 'organisation', id: policy.orgId }, { requestsPerMinute: 1_000 }))
  const key = aKey(policy)
  await world.publish(policy, key)
  // So that the key is known to the proxy, and what is raced is only what is named.
  expect((await ask(proxy.url, key, says('before'))).status).toBe(200)
  await world.simulator.reset()
  return { policy, key }
}

/** At most one more call than the leader's, each charged once as the provider bills it, and nothing held. */
async function expectOneChargePerCall(policy: ReturnType<typeof aPolicy>): Promise<void> {
  const { calls, billedNano } = await until(
    async () => {
      const totals = await world.simulator.totals()
      return totals.open === 0 ? totals : undefined
    },
    { within: 10_000, what: 'all calls to end' },
  )
  expect(calls).toBeLessThanOrEqual(2)
  const { attempts } = await untilAttempts(world, policy, calls + 1)
  const [, ...raced] = attempts
  expect(raced).toHaveLength(calls)
  expect(raced.reduce((sum, { amount }) => sum + amount, 0n)).toBe(BigInt(billedNano))
  const used = attempts.reduce((sum, { amount }) => sum + amount, 0n)
  for (const balance of Object.values(await world.balances(policy))) expect(balance).toMatchObject({ used, held: 0n })
}

async function leaves(leader: Raw, moment: Moment): Promise<void> {
  await moment.wait(leader)
  leader.socket.destroy()
}

describe.each(repetitions)('(i) the leader of equal requests leaves, time %i', () => {
  it.each(early)('$name: the others get one whole answer', async (moment) => {
    const { policy, key } = await anOrganisation()
    const body = says('[[sim:slow=150]] the same')
    const leader = await openRaw(proxy.url)
    leader.socket.write(chatBytes(proxy.url, key.secret, body))
    const waiting = followers.map(() => ask(proxy.url, key, body))
    await leaves(leader, moment)
    const answers = await Promise.all(waiting)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(new Set(answers.map((answer) => answer.body.choices[0].message.content)).size).toBe(1)
    await expectOneChargePerCall(policy)
  })

  it.each([...early, ...inStream])('$name: the others get one whole stream', async (moment) => {
    const { policy, key } = await anOrganisation()
    const body = says('[[sim:tokens=12]][[sim:tps=80]] the same', { stream: true })
    const leader = await openRaw(proxy.url)
    leader.socket.write(chatBytes(proxy.url, key.secret, body))
    const waiting = followers.map(() => askStream(proxy.url, key, body))
    await leaves(leader, moment)
    const streams = await Promise.all(waiting)
    const all = await Promise.all(streams.map((stream) => stream.rest()))
    for (const events of all) expect(events.at(-1)).toBe('data: [DONE]')
    const texts = all.map((events) => textOf(chunksOf(events)))
    expect(texts[0]).not.toBe('')
    expect(new Set(texts).size).toBe(1)
    await expectOneChargePerCall(policy)
  })
})
