import { mkdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { ask, says } from '../world/ask.ts'
import { askStream } from '../world/stream.ts'
import { startWorld, type RunningProxy, type World } from '../world/world.ts'

let redis: DisposableRedis
let control: ReturnType<typeof connectRedis>
let world: World
let proxy: RunningProxy
beforeAll(async () => {
  redis = await disposableRedis({ fsync: 'always' })
  control = connectRedis(redis.url)
  await redisReady(control)
  world = await startWorld({ redisUrl: redis.url })
  proxy = await world.startProxy()
})
afterAll(async () => {
  control.disconnect()
  await world.stop()
  await redis.stop()
})

const body = says('Hi [[sim:tokens=5]]', { max_tokens: 50 })
const slow = says('Hi [[sim:tokens=80]] [[sim:tps=20]]', { max_tokens: 90 })

/** Redis writes a snapshot, which cannot take its place while a folder has its name: then it answers MISCONF. */
async function stopPersisting(): Promise<() => Promise<void>> {
  const snapshot = join(redis.folder, 'dump.rdb')
  await rm(snapshot, { force: true })
  await mkdir(snapshot)
  // Whatever fails: nothing can be stopped that waits for this Redis.
  onTestFinished(async () => void (await control.config('SET', 'stop-writes-on-bgsave-error', 'no')))
  await control.config('SET', 'save', '3600 1000000')
  await control.bgsave()
  await untilSnapshot('err')
  return async () => {
    await rmdir(snapshot)
    await control.bgsave()
    await untilSnapshot('ok')
    await control.config('SET', 'save', '')
  }
}

const untilSnapshot = (status: 'ok' | 'err') =>
  until(async () => (await control.info('persistence')).includes(`rdb_last_bgsave_status:${status}`), {
    within: 10_000,
    what: `a snapshot to end ${status}`,
  })

it('lets nothing new in while Redis cannot persist, ends what runs, and loses none of its charges', async () => {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  const balance = async () => (await world.balances(policy))[budget.id]
  expect((await ask(proxy.url, key, body)).status).toBe(200)
  await until(async () => (await balance())?.held === 0n, { within: 10_000, what: 'the first to be settled' })

  const running = await Promise.all(Array.from({ length: 5 }, () => askStream(proxy.url, key, slow)))
  for (const stream of running) expect(await stream.next()).toMatch(/^data: /)
  const whileRunning = await balance()
  expect(whileRunning?.held).toBeGreaterThan(0n)
  const goOn = await stopPersisting()
  await expect(control.set('anything', 1)).rejects.toThrow(/^MISCONF/)

  for (let i = 0; i < 4; i += 1) {
    const refused = await ask(proxy.url, key, body)
    const { reason } = refused.body.error.gateway
    expect([refused.status, refused.headers.get('retry-after'), reason]).toEqual([503, '2', 'budget_store_unavailable'])
  }
  for (const stream of running) expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
  // Not one of the five is charged yet: their charges are in the proxy's journal.
  expect(await balance()).toEqual(whileRunning)

  await goOn()
  await until(async () => (await ask(proxy.url, key, body)).status === 200, { within: 20_000, what: 'answers again' })
  const { attempts } = await until(
    async () => {
      const usage = await world.usage(policy)
      return usage.attempts.length >= 7 ? usage : undefined
    },
    { within: 20_000, what: 'the journal to be settled' },
  )
  // One before, five that ran, one after: each was sent once and is charged once.
  expect([attempts.length, (await world.simulator.totals()).calls]).toEqual([7, 7])
  const standing = await until(
    async () => {
      const now = await balance()
      return now?.held === 0n ? now : undefined
    },
    { within: 20_000, what: 'every hold to end' },
  )
  expect(standing.used).toBe(attempts.reduce((sum, { amount }) => sum + amount, 0n))
})
