import { expect, it } from 'vitest'
import { disposablePostgres } from '../src/postgres.ts'
import { disposableRedis, sharedRedis } from '../src/redis.ts'
import { withClient } from '../src/stores/postgres.ts'
import { withRedis } from '../src/stores/redis.ts'

it('gives every caller a database that no other caller sees', async () => {
  const [one, other] = [await disposablePostgres(), await disposablePostgres()]
  await withClient(one.url, (client) => client.query('CREATE TABLE only_here (id int)'))

  const found = await withClient(other.url, (client) =>
    client.query("SELECT 1 FROM pg_tables WHERE tablename = 'only_here'"),
  )

  expect(found.rowCount).toBe(0)
  await Promise.all([one.stop(), other.stop()])
})

it('finds everything again in a Redis that was killed and restarted', async () => {
  const redis = await disposableRedis()
  const killed = redis.pid
  await withRedis(redis.url, (client) => client.set('spent', '42'))

  const exit = await redis.kill9()
  await redis.restart()

  expect(exit.signal).toBe('SIGKILL')
  expect(redis.pid).not.toBe(killed)
  expect(await withRedis(redis.url, (client) => client.get('spent'))).toBe('42')
  await redis.stop()
})

it('gives every caller of the shared Redis an empty database of its own', async () => {
  const [one, other] = await Promise.all([sharedRedis(), sharedRedis()])
  await withRedis(one.url, (client) => client.set('here', 'yes'))

  expect(await withRedis(other.url, (client) => client.dbsize())).toBe(0)
  await one.stop()
  expect(await withRedis(one.url, (client) => client.dbsize())).toBe(0)
})

it('takes nothing out of a full Redis and writes everything to its file', async () => {
  const redis = await disposableRedis({ fsync: 'always' })
  const settings = await withRedis(redis.url, (client) => client.config('GET', 'maxmemory-policy', 'appendonly'))

  expect(settings).toEqual(expect.arrayContaining(['noeviction', 'yes']))
  await redis.stop()
})
