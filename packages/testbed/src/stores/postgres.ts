import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { inheritedEnv } from '../env.ts'
import { startChild, type Child, type Exit } from '../processes/child.ts'
import { freePort } from '../processes/free-port.ts'
import { workingDirectoryOf } from '../processes/identity.ts'
import { until } from '../processes/until.ts'
import { giveTo, postgresAccount, underAccount, type PostgresAccount } from './postgres-account.ts'
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import { StoreProblem } from './store-problem.ts'

export type PostgresOptions = {
  /** Keeps the cluster, its password and its log; made if missing. */
  readonly folder: string
  /** A free one unless told. */
  readonly port?: number
  /** Created if missing; `postgres` unless told. */
  readonly database?: string
  /** False gives up safety against power loss for speed: for tests. */
  readonly durable?: boolean
  /** Where Linux allows: dies when this process dies. For tests. */
  readonly diesWithParent?: boolean
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Hears of the process before it is ready. */
  readonly born?: (pid: number) => void
}

export type PostgresServer = {
  /** Superuser URL with its password. */
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Fast shutdown: clients are cut, nothing committed is lost. */
  stop(): Promise<Exit>
  /** kill -9 of the server and its backends; what was committed is found again by a start in the same folder. */
  kill9(): Promise<Exit>
}

/**
 * Starts a real PostgreSQL 18 on 127.0.0.1 with scram passwords, creating its cluster the first time.
 *
 * @throws StoreProblem with one sentence when it cannot run here
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, durable = true } = options
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o711)
  const binaries = await postgresBinaries()
  const account = postgresAccount(folder, binaries)
  const cluster = join(folder, 'cluster')
  if (existsSync(cluster)) giveTo(account, cluster)
  else initialise(folder, cluster, binaries, account, durable)
  forgetDeadServer(cluster)

  const port = options.port ?? (await freePort())
  const child = await startChild({
    ...underAccount(account, binaries.postgres, serverFlags(cluster, port, durable)),
    cwd: '/',
    ...(options.env && { env: options.env }),
    log: join(folder, 'postgres.log'),
    ...(options.diesWithParent && { onParentDeath: 'SIGKILL' as const }),
  })
  options.born?.(child.pid)
  const password = readFileSync(join(folder, 'password'), 'utf8')
  const urlOf = (database: string) => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`
  await untilItAnswers(child, urlOf('postgres'))
  const { database = 'postgres' } = options
  await ensureDatabase(urlOf('postgres'), database)
  return {
    url: urlOf(database),
    port,
    pid: child.pid,
    exited: child.exited,
    stop: () => child.stop({ signal: 'SIGINT', graceMs: 30_000 }),
    kill9: () => child.kill9(),
  }
}

function initialise(
  folder: string,
  cluster: string,
  { initdb }: PostgresBinaries,
  account: PostgresAccount,
  durable: boolean,
): void {
  // Made aside and renamed when whole, so that an interrupted start leaves nothing half made.
  const unfinished = `${cluster}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  giveTo(account, unfinished)
  const password = randomBytes(24).toString('base64url')
  // initdb reads a copy that belongs to its account; the one that is kept belongs to us.
  const passwordFile = join(folder, 'password.initdb')
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  giveTo(account, passwordFile)
  const run = underAccount(account, initdb, [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order and upper case everywhere, whatever locales the machine has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ])
  const { status, stderr, error } = spawnSync(run.command, run.args, {
    cwd: '/',
    encoding: 'utf8',
    env: inheritedEnv({ LC_ALL: 'C' }),
    ...('account' in run ? run.account : {}),
  })
  if (status !== 0) {
    throw new StoreProblem(`PostgreSQL could not create its files in ${folder}: ${(stderr ?? '').trim()}`, {
      cause: error,
    })
  }
  rmSync(passwordFile)
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 })
  renameSync(unfinished, cluster)
}

/**
 * Removes the pid file of a server that died without tidying up. PostgreSQL does so itself unless the
 * pid was given to another process meanwhile; then it would refuse to start.
 */
function forgetDeadServer(cluster: string): void {
  const pidFile = join(cluster, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  const directory = workingDirectoryOf(pid)
  // A server works in its cluster. Where the system does not tell, PostgreSQL's own check must do.
  if (directory === undefined && process.platform !== 'linux') return
  if (directory !== realpathSync(cluster)) return rmSync(pidFile, { force: true })
  throw new StoreProblem(`Another PostgreSQL (process ${pid}) already works on ${cluster}: stop it first.`)
}

function serverFlags(cluster: string, port: number, durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', cluster, '-p', String(port), ...flags]
}

async function untilItAnswers(child: Child, url: string): Promise<void> {
  const ready = async () => child.exit() !== undefined || (await withClient(url, () => true))
  await until(ready, { within: 60_000, what: 'PostgreSQL to accept connections' }).catch(async (error) => {
    await child.kill9()
    throw error
  })
  if (child.exit() === undefined) return
  const lastLine = child.output().trim().split('\n').at(-1)
  throw new StoreProblem(`PostgreSQL ended at once: ${lastLine}`)
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  })
}

/** Connects, does `work`, disconnects. */
export async function withClient<T>(url: string, work: (client: pg.Client) => T | Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
