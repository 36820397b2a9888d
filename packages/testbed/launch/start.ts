import { join } from 'node:path'
import { identityOf } from '../src/processes/identity.ts'
import { announcement, type Addresses } from './announcement.ts'
import { consoleBuild } from './console-build.ts'
import { modelFor, setupLink } from './first-steps.ts'
import { keepPreviousLogs, openDataFolder, type DataFolder } from './data-folder.ts'
import { demoIsDue, readDemo, seedDemo } from './demo.ts'
import { readLaunchEnv, root, type LaunchEnv } from './env.ts'
import { withLock } from './lock.mjs'
import { choosePorts, type Ports } from './ports.ts'
import { addressOf, processTable, serviceOf } from './processes.ts'
import { runCommand, say, step } from './progress.mjs'
import { forgetRun, lives, readRun, stopLeftovers, writeRun, type OwnProcess, type RunRecord } from './run-file.ts'
import { runToEnd } from './run-to-end.ts'
import { secretsOf } from './secrets.ts'
import { startStores } from './stores.ts'
import { supervisor } from './supervisor.ts'

/** Starts everything, stays until it is told to stop, and gives the exit code. */
async function main(): Promise<number> {
  const env = readLaunchEnv()
  const folder = openDataFolder(env.DATA_DIR)
  const claimed = await claim(env, folder)
  if (claimed.kind === 'running') return tellRunning(claimed.run, folder)
  const { run, ports } = claimed

  keepPreviousLogs(folder)
  const quit = quitSignal()
  const services = supervisor((processes) => writeRun(folder, { ...run, processes }))
  try {
    await startAll(env, folder, ports, run.addresses, services, quit)
    const broken = await Promise.race([services.broken, aborted(quit)])
    if (broken instanceof Error) say(`${broken.message}: stopping everything; its log is in ${folder.at('logs')}`)
    return broken instanceof Error ? 1 : 0
  } catch (error) {
    if (!quit.aborted) throw error
    return 0
  } finally {
    folder.remove(readyFile)
    await step('stopping', () => services.stop())
    forgetRun(folder)
    say('everything is stopped')
  }
}

const readyFile = 'ready.json'

type Claim = { kind: 'running'; run: RunRecord } | { kind: 'ours'; run: RunRecord; ports: Ports }

/** Makes sure that one launcher at a time works on a data folder, and that its ports are free. */
function claim(env: LaunchEnv, folder: DataFolder): Promise<Claim> {
  return withLock(folder.at('start.lock'), 'starting Tollkeeper', async () => {
    const before = readRun(folder)
    if (before && lives(before.launcher)) return { kind: 'running', run: before }
    const left = before ? await stopLeftovers(before.processes) : []
    if (left.length > 0) say(`stopped what an earlier start had left running: ${left.join(', ')}`)
    folder.remove(readyFile)
    const ports = await choosePorts(env)
    const addresses = {
      console: addressOf(ports.console),
      proxy: addressOf(ports.proxy),
      simulator: addressOf(ports.simulator),
    }
    const identity = identityOf(process.pid) ?? ''
    const launcher: OwnProcess = { name: 'npm start', pid: process.pid, identity, signal: 'SIGTERM' }
    const run = { launcher, processes: [], addresses }
    writeRun(folder, run)
    return { kind: 'ours', run, ports }
  })
}

function tellRunning(run: RunRecord, folder: DataFolder): number {
  const { pid } = run.launcher
  if (folder.readJson(readyFile) === undefined) {
    say(`Tollkeeper is being started already (process ${pid})`)
    return 0
  }
  say(`Tollkeeper is already running (process ${pid}); \`npm stop\` stops it`)
  for (const [name, address] of Object.entries(run.addresses)) say(`  ${name.padEnd(10)} ${address}`)
  return 0
}

async function startAll(
  env: LaunchEnv,
  folder: DataFolder,
  ports: Ports,
  addresses: Addresses,
  services: ReturnType<typeof supervisor>,
  quit: AbortSignal,
): Promise<void> {
  const secrets = secretsOf(folder, env)
  const { databaseUrl, redisUrl } = await step('starting Postgres and Redis', () => startStores(env, folder, services))
  // For `npm run verify`; readable by the owner alone.
  folder.writeJson('stores.json', { databaseUrl, redisUrl })
  const stores = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }
  const database = (name: string, script: string) =>
    runToEnd({
      name,
      command: process.execPath,
      args: [join(root, 'packages/db/src', script)],
      env: stores,
      log: folder.at('logs', 'database.log'),
      signal: quit,
    })
  await step('bringing the database up to date', async () => {
    await database('migration', 'migrate.ts')
    await database('import of prices', 'prices/import-now.ts')
  })
  if (!env.NO_DEMO && (await demoIsDue(folder, databaseUrl))) {
    await step('filling the demo', () =>
      seedDemo(folder, { ...stores, ...secrets, SIMULATOR_URL: addresses.simulator }, quit),
    )
  }
  const consoleServer = await consoleBuild(quit)
  quit.throwIfAborted()
  const table = processTable({ secrets, databaseUrl, redisUrl, ports, journals: folder.at('journals'), consoleServer })
  await step('starting the processes', () => services.start(table.map((entry) => serviceOf(entry, folder))))

  const demo = readDemo(folder)
  const [key] = demo.keys
  const model = key && (await modelFor(addresses.proxy, key.secret))
  const setup = demo.logins.length > 0 ? undefined : await setupLink(addresses.console, databaseUrl)
  const ready = { ...addresses, postgres: databaseUrl, redis: redisUrl, ...demo, ...(setup && { setup }) }
  folder.writeJson(readyFile, ready)
  process.stdout.write(announcement({ addresses, demo, model, setup }))
}

/** Aborted by the first Ctrl-C, SIGTERM or SIGHUP; one that comes a second later ends this process at once. */
function quitSignal(): AbortSignal {
  const controller = new AbortController()
  let firstAt: number | undefined
  const onSignal = () => {
    // Terminal and npm may both pass on the same Ctrl-C.
    if (firstAt !== undefined && performance.now() - firstAt > 1_000) process.exit(130)
    firstAt ??= performance.now()
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return controller.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

await runCommand(main)
