import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { says } from '../world/ask.ts'
import { spawnProxy } from '../world/proxy-process.ts'
import { askStream } from '../world/stream.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let redis: DisposableRedis
let world: World
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journals-'))
  redis = await disposableRedis({ fsync: 'always' })
  world = await startWorld({ redisUrl: redis.url, env: { LEASE_MS: '60000' } })
})
beforeEach(() => world.simulator.reset())
afterAll(async () => {
  await world.stop()
  await redis.stop()
  await rm(folder, { recursive: true })
})

async function team() {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '0.01')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  const balance = async () => (await world.balances(policy))[budget.id]
  return { policy, key, balance }
}

const withJournal = () => spawnProxy(world.env({ JOURNAL_DIR: folder }))

/** Where each process has its segments. */
async function segments(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => name.endsWith('.journal')).map((name) => join(folder, name))
}

describe('an answer that ends while the store is away', () => {
  it('is released once its charge is on the disk, and is charged after the proxy was killed and started again', async () => {
    const { policy, key, balance } = await team()
    const first = await withJournal()
    const stream = await askStream(first.url, key, says('Hi [[sim:tokens=40]] [[sim:tps=40]]', { max_tokens: 40 }))
    await stream.next()
    await redis.kill9()
    expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
    // What a crash in the middle of a write leaves behind.
    const [segment = ''] = await segments()
    await first.kill9()
    await appendFile(segment, Buffer.from([0, 0, 1, 44, 7, 7]))

    await redis.restart()
    const second = await withJournal()
    const { attempts, requests } = await untilAttempts(world, policy, 1)
    const [call] = await world.simulator.calls()
    expect(attempts).toMatchObject([
      { attemptId: call?.receivedRequestId, kind: 'final', amount: BigInt(call?.billedNano ?? 0) },
    ])
    expect(requests).toMatchObject([{ status: 200, stream: true, failure: null }])
    expect(await balance()).toMatchObject({ used: BigInt(call?.billedNano ?? 0), held: 0n })
    await until(async () => (await fetch(`${second.url}/readyz`)).status === 200, { within: 5_000 })
    expect(await second.stop()).toEqual({ code: 0, signal: null })
  })
})

describe('a proxy that is killed in the middle of a stream', () => {
  it('and started again gives its hold up at once, with what the stream had cost at least', async () => {
    const { policy, key, balance } = await team()
    const first = await withJournal()
    const stream = await askStream(first.url, key, says('Hi [[sim:tokens=400]] [[sim:tps=100]]', { max_tokens: 400 }))
    let events = 0
    // Progress is noted every two seconds, at a tick of a second.
    while (events < 385) {
      await stream.next()
      events += 1
    }
    const broken = stream.rest().then(
      () => 'ended',
      () => 'broke',
    )
    await first.kill9()
    expect(await broken).toBe('broke')
    expect((await balance())?.used).toBe(0n)

    // The lease would last for a minute.
    const second = await withJournal()
    const { attempts } = await untilAttempts(world, policy, 1)
    // 22 × 150 nano and 400 × 600 nano.
    expect(attempts).toMatchObject([{ kind: 'provisional', amount: 243_300n, result: { usageSource: 'held' } }])
    expect(await balance()).toMatchObject({ used: 243_300n, held: 0n })
    const least = await world.leastOf(policy, attempts[0]?.attemptId ?? '')
    const [call] = await world.simulator.calls()
    expect(least).toBeGreaterThanOrEqual(100n * 600n)
    expect(least).toBeLessThanOrEqual(BigInt(call?.billedNano ?? 0))
    await second.stop()
  })
})

describe('a proxy that ends well', () => {
  it('takes over what was left, and leaves nothing unsettled behind', async () => {
    const { policy, key } = await team()
    const proxy = await withJournal()
    const answer = await askStream(proxy.url, key, says('Hi [[sim:tokens=3]]'))
    await answer.rest()
    await untilAttempts(world, policy, 1)
    expect(await proxy.stop()).toEqual({ code: 0, signal: null })
    // Without a worker nobody has said that Postgres has them: they stay.
    expect((await segments()).length).toBeGreaterThan(0)
  })
})
