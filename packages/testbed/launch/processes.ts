import { join } from 'node:path'
import { startChild } from '../src/processes/child.ts'
import { answers } from '../src/processes/spawn-process.ts'
import { until } from '../src/processes/until.ts'
import type { DataFolder } from './data-folder.ts'
import { root } from './env.ts'
import { Problem } from './progress.mjs'
import type { Secrets } from './secrets.ts'
import type { Service } from './supervisor.ts'

/** What the processes are told about their world. */
export type World = {
  readonly secrets: Secrets
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly ports: {
    readonly proxy: number
    readonly console: number
    readonly simulator: number
    readonly worker: number
  }
  /** Where the proxy keeps its second copy of charges. */
  readonly journals: string
  /** The server file of the console's production build. */
  readonly consoleServer: string
}

/** One process of the product: how it is run and how it is seen to be ready. */
export type ProcessEntry = {
  readonly name: string
  readonly script: string
  readonly env: Readonly<Record<string, string>>
  /** Answers with a 2xx status when the process is ready. */
  readonly ready: string
}

/** One host name everywhere: cookies of the sign-in are bound to it. */
export const addressOf = (port: number): string => `http://localhost:${port}`

/** The table of processes, in the order of dependence: they are stopped from the last to the first. */
export function processTable(world: World): ProcessEntry[] {
  const { secrets, ports } = world
  const stores = { DATABASE_URL: world.databaseUrl, REDIS_URL: world.redisUrl }
  return [
    {
      name: 'simulator',
      script: join(root, 'apps/simulator/src/main.ts'),
      env: { SIMULATOR_PORT: String(ports.simulator) },
      ready: `http://127.0.0.1:${ports.simulator}/`,
    },
    {
      name: 'worker',
      script: join(root, 'apps/worker/src/main.ts'),
      env: {
        ...stores,
        CONSOLE_URL: addressOf(ports.console),
        PROXY_URL: addressOf(ports.proxy),
        INTERNAL_TOKEN: secrets.INTERNAL_TOKEN,
        WORKER_PORT: String(ports.worker),
      },
      ready: `http://127.0.0.1:${ports.worker}/readyz`,
    },
    {
      name: 'console',
      script: world.consoleServer,
      env: {
        ...stores,
        NODE_ENV: 'production',
        PORT: String(ports.console),
        HOSTNAME: '127.0.0.1',
        NEXTAUTH_URL: addressOf(ports.console),
        PROXY_PUBLIC_URL: addressOf(ports.proxy),
        SIMULATOR_URL: addressOf(ports.simulator),
        ALLOW_PRIVATE_PROVIDERS: '1',
        NEXTAUTH_SECRET: secrets.NEXTAUTH_SECRET,
        KEY_PEPPERS: secrets.KEY_PEPPERS,
        CREDENTIAL_PUBLIC_KEY: secrets.CREDENTIAL_PUBLIC_KEY,
        INTERNAL_TOKEN: secrets.INTERNAL_TOKEN,
      },
      ready: `http://127.0.0.1:${ports.console}/api/health`,
    },
    {
      name: 'proxy',
      script: join(root, 'apps/proxy/src/main.ts'),
      env: {
        REDIS_URL: world.redisUrl,
        PROXY_PORT: String(ports.proxy),
        JOURNAL_DIR: world.journals,
        ALLOW_PRIVATE_PROVIDERS: '1',
        KEY_PEPPERS: secrets.KEY_PEPPERS,
        CREDENTIAL_PRIVATE_KEY: secrets.CREDENTIAL_PRIVATE_KEY,
        INTERNAL_TOKEN: secrets.INTERNAL_TOKEN,
        // No balancer has to see that it goes.
        SHUTDOWN_LISTEN_MS: '0',
        SHUTDOWN_GRACE_MS: '10000',
      },
      ready: `http://127.0.0.1:${ports.proxy}/readyz`,
    },
  ]
}

const readyWithinMs = 60_000
const graceMs = 15_000

/** An entry of the table as something to keep running, with its log in the data folder. */
export function serviceOf(entry: ProcessEntry, folder: DataFolder): Service {
  const log = folder.at('logs', `${entry.name}.log`)
  return {
    name: entry.name,
    async start(born) {
      const child = await startChild({
        command: process.execPath,
        args: [entry.script],
        log,
        cwd: root,
        env: entry.env,
      })
      born(child.pid)
      const ready = async () => child.exit() !== undefined || (await answers(entry.ready))
      const isReady = await until(ready, { within: readyWithinMs, every: 50 }).catch(() => false)
      if (!isReady || child.exit() !== undefined) {
        const end = isReady ? 'ended at once' : `did not answer at ${entry.ready}`
        const lastLines = child.output().trim().split('\n').slice(-10).join('\n')
        await child.kill9()
        throw new Problem(`The ${entry.name} ${end}. The end of its log (${log}):\n${lastLines}`)
      }
      return { pid: child.pid, exited: child.exited, stop: () => child.stop({ graceMs }) }
    },
  }
}
