import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { startChild, type Child, type Exit } from '../processes/child.ts'
import { freePort } from '../processes/free-port.ts'
import { until } from '../processes/until.ts'
import { redisProgram, type RedisProgram } from './redis-program.ts'
import { StoreProblem } from './store-problem.ts'

export type RedisOptions = {
  /** Keeps the append-only file, the password and the log; made if missing. */
  readonly folder: string
  /** The one in the folder unless told. */
  readonly password?: string
  /** A free one unless told. */
  readonly port?: number
  /**
   * `always` (the default): a write is on the disk before it is acknowledged, as a ledger needs it.
   * `everysec`: survives kill -9, but not loss of power. For tests.
   */
  readonly fsync?: 'always' | 'everysec'
  /** Numbered databases, 16 unless told. */
  readonly databases?: number
  /** A node of a cluster, which talks to the others on this port. Needs a program on this machine, not a container. */
  readonly clusterPort?: number
  /** Where Linux allows: dies when this process dies. For tests. */
  readonly diesWithParent?: boolean
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Hears of the process before it is ready. */
  readonly born?: (pid: number) => void
  /** Hears what is done when Redis has to be downloaded first. */
  readonly say?: (line: string) => void
}

export type RedisServer = {
  /** With its password. */
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Orderly shutdown. */
  stop(): Promise<Exit>
  /** kill -9; what was acknowledged is found again by a start in the same folder. */
  kill9(): Promise<Exit>
}

/**
 * Starts a real Redis on 127.0.0.1 as Tollkeeper needs it: append-only file, nothing evicted, a password.
 *
 * @throws StoreProblem with one sentence when it cannot run here
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { folder } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const program = redisProgram(options.say)
  const port = options.port ?? (await freePort())
  const password = options.password ?? passwordIn(folder)
  writeFileSync(join(folder, 'redis.conf'), settings(program, options, port, password), { mode: 0o600 })
  const child = await startChild({
    ...commandLine(program, folder, port, options.env),
    log: join(folder, 'redis.log'),
    ...(options.diesWithParent && { onParentDeath: 'SIGKILL' as const }),
  })
  options.born?.(child.pid)
  const url = `redis://:${password}@127.0.0.1:${port}`
  await untilItAnswers(child, url)
  return {
    url,
    port,
    pid: child.pid,
    exited: child.exited,
    stop: () => child.stop({ graceMs: 30_000 }),
    kill9: () => child.kill9(),
  }
}

function passwordIn(folder: string): string {
  const file = join(folder, 'password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

/** A file rather than flags: flags, and so the password, would be readable by everybody on the machine. */
function settings(program: RedisProgram, options: RedisOptions, port: number, password: string): string {
  const inContainer = program.kind === 'container'
  const cluster = options.clusterPort === undefined ? [] : clusterSettings(options.clusterPort, password)
  return [
    // A container publishes its port on 127.0.0.1 of the machine only.
    `bind ${inContainer ? '*' : '127.0.0.1'}`,
    `port ${inContainer ? 6379 : port}`,
    `dir ${JSON.stringify(inContainer ? '/data' : options.folder)}`,
    `requirepass ${password}`,
    'appendonly yes',
    `appendfsync ${options.fsync ?? 'always'}`,
    'save ""',
    'maxmemory-policy noeviction',
    `databases ${options.databases ?? 16}`,
    ...cluster,
    '',
  ].join('\n')
}

const clusterSettings = (port: number, password: string): string[] => [
  'cluster-enabled yes',
  `cluster-port ${port}`,
  'cluster-node-timeout 2000',
  // Organisations whose node is there are served, whatever other nodes do.
  'cluster-require-full-coverage no',
  `masterauth ${password}`,
]

function commandLine(program: RedisProgram, folder: string, port: number, env: RedisOptions['env'] = {}) {
  if (program.kind === 'binary') {
    return { command: program.command, args: [join(folder, 'redis.conf')], env: { ...program.env, ...env } }
  }
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  const place = ['--user', user, '--volume', `${folder}:/data`, '--publish', `127.0.0.1:${port}:6379`]
  const name = `tollkeeper-redis-${port}`
  // Left behind when the client of the engine was killed.
  spawnSync('docker', ['rm', '--force', name])
  const server = [program.image, 'valkey-server', '/data/redis.conf']
  const args = ['run', '--rm', '--init', '--name', name, ...place, ...server]
  return { command: 'docker', args }
}

async function untilItAnswers(child: Child, url: string): Promise<void> {
  const ready = async () => child.exit() !== undefined || (await answersPing(url))
  // A long append-only file takes its time to load, and so does a container's image to arrive.
  await until(ready, { within: 120_000, every: 5, what: 'Redis to answer' }).catch(async (error) => {
    await child.kill9()
    throw error
  })
  if (child.exit() === undefined) return
  throw new StoreProblem(`Redis ended at once: ${child.output().trim().split('\n').at(-1)}`)
}

async function answersPing(url: string): Promise<boolean> {
  return withRedis(url, async (redis) => (await redis.ping()) === 'PONG')
}

/** Connects, does `work`, disconnects. */
export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  // The rejected call tells; without a listener the same error would be printed as well.
  redis.on('error', () => {})
  try {
    await redis.connect()
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}
