import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { spawnProcess } from './processes/spawn-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const readySchema = z.object({
  console: z.url(),
  proxy: z.url(),
  simulator: z.url(),
  postgres: z.url(),
  redis: z.url(),
  logins: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })),
  keys: z.array(z.object({ name: z.string(), secret: z.string(), organisation: z.string(), team: z.string() })),
  setup: z.url().optional(),
})

/** What `npm start` writes into ready.json when everything answers; `setup` where nobody can sign in yet. */
export type Ready = z.output<typeof readySchema>

export type Product = {
  readonly ready: Ready
  /** Its data folder; `logs/<process>.log` are inside. */
  readonly folder: string
  /** What the launcher printed. */
  output(): string
  /** Stops everything and removes its data. */
  stop(): Promise<void>
}

/**
 * Runs the whole product as `npm start` does, on free ports with stores and a data folder of its own.
 *
 * @param options.demo with the demo organisations; without them it prints a set-up link
 * @param options.env variables for all its processes, such as those of single sign-on
 * @throws Error with the output of the launcher when it does not come up within five minutes
 */
export async function startProduct(options: {
  demo: boolean
  env?: Readonly<Record<string, string>>
}): Promise<Product> {
  const { path: folder, remove } = temporaryFolder('product')
  const anyPort = { PROXY_PORT: '0', CONSOLE_PORT: '0', SIMULATOR_PORT: '0', WORKER_PORT: '0' }
  // Empty counts as absent, and keeps out what a .env file says.
  const defaults = Object.fromEntries(
    [
      'DATABASE_URL',
      'REDIS_URL',
      'KEY_PEPPERS',
      'CREDENTIAL_PRIVATE_KEY',
      'CREDENTIAL_PUBLIC_KEY',
      'INTERNAL_TOKEN',
      'NEXTAUTH_SECRET',
    ].map((name) => [name, '']),
  )
  const launcher = await spawnProcess({
    name: 'npm start',
    command: process.execPath,
    args: [fileURLToPath(new URL('../launch/start.ts', import.meta.url))],
    env: { ...defaults, ...anyPort, DATA_DIR: folder, NO_DEMO: options.demo ? '0' : '1', ...options.env },
    ready: /Tollkeeper is running/,
    onParentDeath: 'SIGTERM',
    within: 300_000,
  })
  return {
    ready: readySchema.parse(JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8'))),
    folder,
    output: () => launcher.output(),
    async stop() {
      await launcher.stop({ graceMs: 60_000 })
      remove()
    },
  }
}
