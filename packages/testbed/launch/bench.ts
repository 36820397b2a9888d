import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { disposableRedis } from '../src/redis.ts'
import { startTestPostgres } from '../src/postgres.ts'
import { inheritedEnv } from '../src/env.ts'
import { root } from './env.ts'
import { runCommand, step } from './progress.mjs'

/** Runs the benchmark beside whatever else runs, on stores of its own. */
async function main(): Promise<number> {
  const [postgres, redis] = await step('starting Postgres and Redis', () =>
    Promise.all([startTestPostgres(), disposableRedis()]),
  )
  try {
    return await new Promise<number>((resolve, reject) => {
      const bench = spawn(process.execPath, [join(root, 'apps/bench/src/main.ts'), ...process.argv.slice(2)], {
        cwd: root,
        stdio: 'inherit',
        env: inheritedEnv({ TESTBED_POSTGRES_URL: postgres.url, TESTBED_REDIS_URL: redis.url }),
      })
      bench.once('error', reject)
      bench.once('exit', (code) => resolve(code ?? 1))
    })
  } finally {
    await Promise.all([postgres.stop(), redis.stop()])
  }
}

await runCommand(main)
