import { cp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { testbedEnv } from './env.ts'
import type { Exit } from './processes/child.ts'
import { freePort } from './processes/free-port.ts'
import { startRedis, withRedis, type RedisOptions, type RedisServer } from './stores/redis.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type DisposableRedis = {
  readonly url: string
  readonly port: number
  /** Of the present incarnation: another one after `restart()`. */
  readonly pid: number
  /** Where its append-only file lies, for tests that take it away. */
  readonly folder: string
  /** Ends it and removes its data. */
  stop(): Promise<void>
  /** kill -9: clients see the connection break; data stays for `restart()`. */
  kill9(): Promise<Exit>
  /** Starts it again on the same port with the same data; stops it first if it still runs. */
  restart(): Promise<void>
  /** Copies its data as they are now. What is given stops it and starts it again with that old copy, on the same port. */
  copy(): Promise<{ putBack(): Promise<void> }>
  /** Stops it and starts it again without any data, on the same port. */
  restartEmpty(): Promise<void>
}

export type SharedRedis = Pick<DisposableRedis, 'url' | 'port' | 'stop'>

export type DisposableRedisOptions = {
  /** `always` for tests about durability; `everysec` unless told, which survives kill -9 as well. */
  readonly fsync?: RedisOptions['fsync']
  /** One of its own unless told. */
  readonly password?: string
  readonly env?: Readonly<Record<string, string>>
}

const databases = 8_192

/** A Redis server of its own for one test file, in 30 ms, which the test may kill and restart. */
export async function disposableRedis(options: DisposableRedisOptions = {}): Promise<DisposableRedis> {
  const folder = temporaryFolder('redis')
  const port = await freePort()
  const start = () =>
    startRedis({
      ...options,
      folder: folder.path,
      port,
      fsync: options.fsync ?? 'everysec',
      databases,
      diesWithParent: true,
    })
  let server: RedisServer = await start()
  return {
    url: server.url,
    port,
    get pid() {
      return server.pid
    },
    folder: folder.path,
    async stop() {
      await server.stop()
      folder.remove()
    },
    kill9: () => server.kill9(),
    async restart() {
      await server.stop()
      server = await start()
    },
    async copy() {
      const [kept, there] = [`${folder.path}-copy-${(copies += 1)}`, join(folder.path, dataFolder)]
      await cp(there, kept, { recursive: true })
      return {
        async putBack() {
          await server.kill9()
          await rm(there, { recursive: true, force: true })
          await rename(kept, there)
          server = await start()
        },
      }
    },
    async restartEmpty() {
      await server.kill9()
      await rm(join(folder.path, dataFolder), { recursive: true, force: true })
      server = await start()
    },
  }
}

/** Where Redis keeps its append-only file, within its folder. */
const dataFolder = 'appendonlydir'
let copies = 0

/**
 * An empty numbered database of a Redis that all tests share: costs 2 ms. Take it where a test neither
 * kills Redis nor listens: publish/subscribe channels and `INFO` are the server's, not the database's.
 */
export async function sharedRedis(): Promise<SharedRedis> {
  const server = new URL(await serverUrl())
  // Database 0 holds the counter; every call gets a number of its own, so no two tests ever meet.
  const taken = await withRedis(server.href, (redis) => redis.incr('testbed:databases-taken'))
  const number = ((taken - 1) % (databases - 1)) + 1
  const url = new URL(`/${number}`, server).href
  const empty = () => withRedis(url, async (redis) => void (await redis.flushdb()))
  await empty()
  return { url, port: Number(server.port), stop: empty }
}

let ownServer: Promise<DisposableRedis> | undefined

async function serverUrl(): Promise<string> {
  const { redisUrl } = testbedEnv()
  if (redisUrl !== undefined) return redisUrl
  ownServer ??= disposableRedis()
  return (await ownServer).url
}
