import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startPostgres, withClient } from '../src/stores/postgres.ts'
import { startRedis, withRedis } from '../src/stores/redis.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'testbed-stores-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const postgresHere = () => startPostgres({ folder, durable: false, database: 'tollkeeper', diesWithParent: true })
const redisHere = () => startRedis({ folder, diesWithParent: true })

describe('the embedded Postgres', () => {
  it('keeps its data over a stop and a start', async () => {
    const first = await postgresHere()
    await withClient(first.url, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'))
    await first.stop()

    const second = await postgresHere()
    const kept = await withClient(second.url, (client) => client.query('SELECT answer FROM kept'))
    await second.stop()

    expect(kept.rows).toEqual([{ answer: 42 }])
  })

  it('lets nobody in without the password it made up', async () => {
    const server = await postgresHere()
    const withWrongPassword = new URL(server.url)
    withWrongPassword.password = 'postgres'

    await expect(withClient(withWrongPassword.href, () => 'in')).rejects.toThrow(/password authentication failed/)
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600)
    await server.stop()
  })

  it('starts although the pid file of a dead server names a living process', async () => {
    const first = await postgresHere()
    const pidFile = readFileSync(join(folder, 'cluster/postmaster.pid'), 'utf8')
    await first.stop()
    writeFileSync(join(folder, 'cluster/postmaster.pid'), pidFile.replace(/^\d+/, String(process.pid)))

    const second = await postgresHere()
    expect(await withClient(second.url, () => 'in')).toBe('in')
    await second.stop()
  })

  it('does not work on files that another server works on', async () => {
    const first = await postgresHere()

    await expect(postgresHere()).rejects.toThrow(`Another PostgreSQL (process ${first.pid}) already works on`)
    expect(await withClient(first.url, () => 'in')).toBe('in')
    await first.stop()
  })
})

describe('the embedded Redis', () => {
  it('keeps what it acknowledged over a kill -9 and a start', async () => {
    const first = await redisHere()
    await withRedis(first.url, (redis) => redis.set('spent', '42'))
    await first.kill9()

    const second = await redisHere()
    expect(await withRedis(second.url, (redis) => redis.get('spent'))).toBe('42')
    await second.stop()
  })

  it('writes to the disk before it answers, and asks for the password it made up', async () => {
    const server = await redisHere()
    const withWrongPassword = new URL(server.url)
    withWrongPassword.password = 'guessed'

    expect(await withRedis(server.url, (redis) => redis.config('GET', 'appendfsync'))).toEqual([
      'appendfsync',
      'always',
    ])
    await expect(withRedis(withWrongPassword.href, (redis) => redis.get('spent'))).rejects.toThrow(
      'Connection is closed',
    )
    expect(statSync(join(folder, 'redis.conf')).mode & 0o777).toBe(0o600)
    await server.stop()
  })
})
