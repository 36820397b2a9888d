import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { says } from '../world/ask.ts'
import { askStream, chunksOf, textOf } from '../world/stream.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.simulator.reset())

async function anOrganisation() {
  const policy = aPolicy(world.simulator.url, { settings: { joinInFlight: true } })
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId }, '1'))
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, key }
}

const withUsage = { stream_options: { include_usage: true } }

const untilRows = (policy: ReturnType<typeof aPolicy>, count: number) =>
  until(
    async () => {
      const { requests } = await world.usage(policy)
      return requests.length >= count ? requests : undefined
    },
    { within: 10_000, what: `${count} rows` },
  )

it('answers 50 equal streams at once by one call and one charge, with 50 equal streams', async () => {
  const { policy, key } = await anOrganisation()
  const body = says('[[sim:slow=500]] the same', withUsage)
  const streams = await Promise.all(Array.from({ length: 50 }, () => askStream(world.url, key, body)))
  const texts = await Promise.all(streams.map(async (stream) => (await stream.rest()).join('\n')))
  expect(texts[0]).toContain('data: [DONE]')
  expect(new Set(texts).size).toBe(1)
  expect((await world.simulator.totals()).calls).toBe(1)
  expect(streams.filter(({ headers }) => headers.get('x-gateway-cache') === 'dedup')).toHaveLength(49)
  const { attempts } = await untilAttempts(world, policy, 1)
  const rows = await untilRows(policy, 50)
  expect(attempts).toHaveLength(1)
  const shared = rows.filter((row) => row.answeredFrom)
  expect(shared).toHaveLength(49)
  expect(new Set(shared.map((row) => row.answeredFrom?.avoided))).toEqual(new Set([String(attempts[0]?.amount)]))
  const [balance] = Object.values(await world.balances(policy))
  expect(balance).toMatchObject({ used: attempts[0]?.amount, held: 0n })
})

it('gives a stream from its beginning to somebody who joins in its middle, and not to one that wants other events', async () => {
  const { key } = await anOrganisation()
  const body = says('[[sim:tps=20]] the same')
  const first = await askStream(world.url, key, body)
  const begun = [await first.next(), await first.next(), await first.next()]
  const second = await askStream(world.url, key, body)
  const [rest, all] = await Promise.all([first.rest(), second.rest()])
  expect(all).toEqual([...begun, ...rest])
  expect(second.headers.get('x-gateway-cache')).toBe('dedup')
  expect(second.headers.get('x-gateway-cost-usd')).toBe('0.000000000')
  const other = await askStream(world.url, key, { ...body, ...withUsage })
  expect(other.headers.get('x-gateway-cache')).toBe('none')
  await other.rest()
  expect((await world.simulator.totals()).calls).toBe(2)
})

it('goes on for those who listen when the leader leaves, and charges the leader once', async () => {
  const { policy, key } = await anOrganisation()
  const body = says('[[sim:tps=40]] the same')
  const leader = await askStream(world.url, key, body)
  await leader.next()
  const followers = await Promise.all([1, 2, 3].map(() => askStream(world.url, key, body)))
  leader.leave()
  const texts = await Promise.all(followers.map(async (each) => textOf(chunksOf(await each.rest()))))
  expect(texts[0]).not.toBe('')
  expect(new Set(texts).size).toBe(1)
  const rows = await untilRows(policy, 4)
  expect(rows.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 499])
  const { attempts } = await world.usage(policy)
  expect(attempts.map(({ result }) => result.outcome)).toEqual(['answered'])
  expect((await world.simulator.totals()).calls).toBe(1)
})

it('counts a follower that leaves as left, and drains the stream when all have left', async () => {
  const { policy, key } = await anOrganisation()
  const body = says('[[sim:tps=40]] the same')
  const leader = await askStream(world.url, key, body)
  await leader.next()
  const follower = await askStream(world.url, key, body)
  await follower.next()
  follower.leave()
  leader.leave()
  const rows = await untilRows(policy, 2)
  expect(rows.map(({ status }) => status)).toEqual([499, 499])
  const { attempts } = await untilAttempts(world, policy, 1)
  expect(attempts.map(({ result }) => result.outcome)).toEqual(['client-left'])
  const [balance] = Object.values(await world.balances(policy))
  expect(balance).toMatchObject({ used: attempts[0]?.amount, held: 0n })
})

it('shows all of them the error when the stream breaks', async () => {
  const { policy, key } = await anOrganisation()
  const body = says('[[sim:slow=300]][[sim:tps=50]][[sim:cut=10]] the same')
  const streams = await Promise.all([1, 2, 3].map(() => askStream(world.url, key, body)))
  for (const stream of streams) {
    const events = await stream.rest()
    expect(events.at(-1)).toContain('"reason":"upstream_broke"')
    expect(events).not.toContain('data: [DONE]')
  }
  const rows = await untilRows(policy, 3)
  expect(rows.map(({ failure }) => failure)).toEqual(['upstream_broke', 'upstream_broke', 'upstream_broke'])
  expect((await world.simulator.totals()).calls).toBe(1)
})

it('promotes one follower when the call fails before its first byte', async () => {
  const { key } = await anOrganisation()
  await world.simulator.behave({ status: 503, statusCalls: 1, retryAfterSeconds: 30 })
  const body = says('[[sim:slow=300]] the same')
  const streams = await Promise.all(Array.from({ length: 5 }, () => askStream(world.url, key, body)))
  expect(streams.filter(({ status }) => status === 200)).toHaveLength(4)
  await Promise.all(streams.filter(({ status }) => status === 200).map((stream) => stream.rest()))
  expect((await world.simulator.totals()).calls).toBe(2)
})
