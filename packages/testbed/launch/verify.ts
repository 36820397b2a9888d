import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'
import { openDataFolder } from './data-folder.ts'
import { readLaunchEnv, root } from './env.ts'
import { Problem, runCommand } from './progress.mjs'
import { lives, readRun } from './run-file.ts'

const storesFile = z.object({ databaseUrl: z.string(), redisUrl: z.string() })

/** Verifies the stores of the environment, else those of the running `npm start`; gives the exit code. */
async function main(): Promise<number> {
  const env = readLaunchEnv()
  const folder = openDataFolder(env.DATA_DIR)
  const run = readRun(folder)
  const running = run && lives(run.launcher) ? storesFile.safeParse(folder.readJson('stores.json')).data : undefined
  const databaseUrl = env.DATABASE_URL ?? running?.databaseUrl
  const redisUrl = env.REDIS_URL ?? running?.redisUrl
  if (!databaseUrl || !redisUrl) {
    throw new Problem(
      'Nothing is running to be verified: start it with `npm start`, or set DATABASE_URL and REDIS_URL.',
    )
  }
  const { status } = spawnSync(process.execPath, [join(root, 'apps/worker/src/verify.ts')], {
    env: { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl },
    stdio: 'inherit',
  })
  return status ?? 2
}

await runCommand(main)
