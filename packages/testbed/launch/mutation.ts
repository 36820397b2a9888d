import { spawnSync, type SpawnSyncOptions } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join, relative } from 'node:path'
import process from 'node:process'
import { root } from './env.ts'
import { Problem, runCommand, say, step } from './progress.mjs'

/** Stryker needs 60 MB and is run rarely: it is fetched here, not with the packages. */
const version = '10.1.1'
const packages = ['@stryker-mutator/core', '@stryker-mutator/vitest-runner'].map((name) => `${name}@${version}`)

const domain = join(root, 'packages/domain')
const tools = join(root, '.toolchain/mutation')
const reportFile = join(tools, 'report.html')

/** Folders of the domain in which money and rates are counted, and the least share of changes that a test must notice. */
const folders = ['price', 'budget', 'ledger', 'rate', 'replay']
const least = 85

/**
 * Changes the rules of money one place at a time, and counts after how many changes a test of the domain fails.
 * Arguments: the folders to change; without any, all. Only what changed since the last run is tried again. Gives 1 when
 * fewer than 85 % are noticed.
 */
async function main(): Promise<number> {
  const chosen = process.argv.slice(2)
  const unknown = chosen.find((name) => !folders.includes(name))
  if (unknown !== undefined) throw new Problem(`There is no folder "${unknown}": say some of ${folders.join(', ')}.`)
  // Takes long and uses one core: everything else on the machine comes first.
  setPriority(19)
  mkdirSync(tools, { recursive: true })
  if (installed() !== version) await step(`fetching ${packages.join(' and ')}`, async () => fetchTools())
  const config = join(tools, 'stryker.json')
  writeFileSync(config, JSON.stringify(configOf(chosen.length > 0 ? chosen : folders), null, 2))
  const stryker = join(tools, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const { status } = spawnSync(process.execPath, [stryker, 'run', config], { cwd: domain, stdio: 'inherit' })
  say(`what no test noticed: ${relative(root, reportFile)}`)
  return status ?? 130
}

function installed(): string | undefined {
  const manifest = join(tools, 'node_modules/@stryker-mutator/vitest-runner/package.json')
  if (!existsSync(manifest)) return undefined
  const { version: found } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string }
  return found
}

function fetchTools(): void {
  writeFileSync(join(tools, 'package.json'), '{"private":true}\n')
  // Its vitest is that of the repository, which Node finds in the folders above: peers are not wanted.
  const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  const options: SpawnSyncOptions = { cwd: tools, encoding: 'utf8' }
  const { status, stderr } = spawnSync('npm', ['install', ...flags, '--loglevel=error', ...packages], options)
  if (status !== 0) throw new Problem(`Stryker could not be fetched: ${String(stderr).trim()}`)
}

/** Paths are as seen from the domain package, which is copied to `.mutation`, as deep as `packages/domain`. */
const configOf = (chosen: readonly string[]) => ({
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'mutation.config.ts' },
  mutate: [...chosen.map((folder) => `src/${folder}/*.ts`), '!src/**/*.test.ts', '!src/**/{builders,index}.ts'],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  incremental: true,
  incrementalFile: relative(domain, join(tools, 'incremental.json')),
  tempDirName: relative(domain, join(root, '.mutation')),
  // Vite reads the configuration of TypeScript itself.
  tsconfigFile: 'none',
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, reportMutants: false, reportScoreTable: true },
  htmlReporter: { fileName: relative(domain, reportFile) },
  jsonReporter: { fileName: relative(domain, join(tools, 'report.json')) },
  thresholds: { high: 95, low: least, break: least },
  allowEmpty: false,
})

await runCommand(main)
