import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { startTestPostgres } from '../src/postgres.ts'
import { disposableRedis } from '../src/redis.ts'
import { temporaryFolder } from '../src/temporary-folder.ts'
import { findChromium } from './chromium.ts'
import { consoleBuild } from './console-build.ts'
import { root } from './env.ts'
import { runCommand, step } from './progress.mjs'
import { runStage, runTool, stageTable, type Counts, type StageResult } from './stage.ts'

/**
 * Runs every check and test, or with a filter only the vitest files whose path contains it.
 * Stores, ports and data are its own: a running `npm start` is neither needed nor disturbed.
 */
async function main(): Promise<number> {
  const filter = process.argv.slice(2)
  const folder = temporaryFolder('run')
  const [postgres, redis] = await step('starting Postgres and Redis', () =>
    Promise.all([startTestPostgres(), disposableRedis()]),
  )
  const stores = { TESTBED_POSTGRES_URL: postgres.url, TESTBED_REDIS_URL: redis.url }
  // Ctrl-C reaches the runners as well: they end, and then so do we, after tidying up.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
  try {
    const tests = () => runStage('tests', () => vitest(folder.path, stores, filter))
    const results = filter.length > 0 ? [await tests()] : await everything(folder.path, tests)
    process.stdout.write(stageTable(results))
    return results.every(({ ok }) => ok) ? 0 : 1
  } finally {
    await Promise.all([postgres.stop(), redis.stop()])
    folder.remove()
  }
}

async function everything(folder: string, tests: () => Promise<StageResult>): Promise<StageResult[]> {
  const build = runStage('console build', async () => {
    await consoleBuild()
    return { ok: true }
  })
  return [await build, ...(await checks()), await tests(), await runStage('journeys', () => playwright(folder))]
}

async function checks(): Promise<StageResult[]> {
  const check = (name: string, command: string, ...args: string[]) =>
    runStage(name, async () => ({ ok: await runTool(command, args, { quiet: true }) }))
  return [
    await check('types', 'turbo', 'run', 'typecheck', '--continue', '--output-logs=errors-only'),
    await check('types of the root', 'tsc', '--noEmit'),
    await check('lint', 'oxlint', '--deny-warnings'),
    await check('format', 'oxfmt', '--check', '.'),
    await check('dead code', 'knip'),
  ]
}

const vitestReport = z.object({ numPassedTests: z.number(), numFailedTests: z.number() })

async function vitest(folder: string, env: Record<string, string>, filter: readonly string[]) {
  const report = join(folder, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const ok = await runTool('vitest', ['run', ...reporters, ...filter], { env })
  const read = vitestReport.safeParse(readReport(report)).data
  return { ok, counts: { passed: read?.numPassedTests ?? 0, failed: read?.numFailedTests ?? 0 } }
}

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
})

/** The browser journeys. */
async function playwright(folder: string): Promise<{ ok: boolean; counts: Counts }> {
  const report = join(folder, 'playwright.json')
  const env = { CHROMIUM_PATH: await findChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  const cwd = join(root, 'apps/e2e')
  const ok = await runTool('pnpm', ['exec', 'playwright', 'test', '--reporter=list,json'], { cwd, env })
  const stats = playwrightReport.safeParse(readReport(report)).data?.stats
  // A journey that passed at a second try has failed once.
  return { ok, counts: { passed: stats?.expected ?? 0, failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0) } }
}

function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // the runner did not come so far
  }
}

await runCommand(main)
