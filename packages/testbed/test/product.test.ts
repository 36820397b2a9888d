import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readySchema, type Ready } from '../src/product.ts'
import { spawnProcess, type SpawnedProcess } from '../src/processes/index.ts'
import { answers } from '../src/processes/spawn-process.ts'
import { withClient } from '../src/stores/postgres.ts'
import { withRedis } from '../src/stores/redis.ts'
import { temporaryFolder } from '../src/temporary-folder.ts'
import { apart, launch, scriptOf } from './launching.ts'

const folder = temporaryFolder('instance')
const env = { ...apart(folder.path), NO_DEMO: '1' }
const readyFile = join(folder.path, 'ready.json')

const start = () =>
  spawnProcess({
    name: 'npm start',
    command: process.execPath,
    args: [scriptOf('start')],
    env,
    ready: /Tollkeeper is running/,
    onParentDeath: 'SIGTERM',
    within: 300_000,
  })
const ready = (): Ready => readySchema.parse(JSON.parse(readFileSync(readyFile, 'utf8')))
const reachable = async (url: string) => answers(url).catch(() => false)

describe('one instance of the product', () => {
  let instance: SpawnedProcess
  beforeAll(async () => {
    instance = await start()
  }, 300_000)
  afterAll(async () => {
    // Also when it never came up.
    await launch('stop', env)
    folder.remove()
  })

  it('answers at every address of ready.json, which only its owner may read', async () => {
    const { console: people, proxy, simulator, setup } = ready()
    const pages = [`${people}/api/health`, `${proxy}/readyz`, simulator, setup ?? 'no set-up link']

    expect(await Promise.all(pages.map(reachable))).toEqual([true, true, true, true])
    expect(statSync(readyFile).mode & 0o777).toBe(0o600)
  })

  it('is found by a second start, stopped by a stop, and started again with its data', async () => {
    const first = ready()
    await withClient(first.postgres, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'))
    await withRedis(first.redis, (redis) => redis.set('kept', '42'))

    const second = await launch('start', env)
    expect(second.output).toContain('already running')
    expect(second.output).toContain(first.proxy)

    const stop = await launch('stop', env)
    expect(stop.output).toContain('everything is stopped')
    expect(await Promise.all([first.console, first.proxy, first.simulator].map(reachable))).toEqual([
      false,
      false,
      false,
    ])
    expect(() => ready()).toThrow('ENOENT')

    await instance.restart()
    const again = ready()
    const rows = await withClient(again.postgres, (client) => client.query('SELECT answer FROM kept'))
    expect(rows.rows).toEqual([{ answer: 42 }])
    expect(await withRedis(again.redis, (redis) => redis.get('kept'))).toBe('42')
  })

  it('is put in order by the next start after its launcher was killed', async () => {
    const { proxy } = ready()
    await instance.kill9()
    expect(await reachable(`${proxy}/readyz`)).toBe(true)

    await instance.restart()

    expect(instance.output()).toContain('stopped what an earlier start had left running: proxy, console, worker')
    expect(await reachable(`${proxy}/readyz`)).toBe(false)
    expect(await reachable(`${ready().proxy}/readyz`)).toBe(true)
  })
})
