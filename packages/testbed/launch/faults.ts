import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { root } from './env.ts'
import { simulateSeeds } from './long-simulation.ts'
import { Problem, runCommand } from './progress.mjs'

/** How often each race is run by `--races`, and how many seeds `--long` simulates, unless told. */
const raceTimes = '50'
const longSeeds = '100000'

/** Tests by a part of their path. */
const raceTests = [
  'packages/redis/test/race',
  'packages/redis/test/concurrency',
  'proxy/test/money/revoke',
  'proxy/test/join/leader-aborts',
  'apps/faults/test/race',
]

/**
 * Runs the fault lab beside whatever else runs: it starts stores and processes of its own, and breaks only those.
 * `--races [--times n]` runs the race tests 50 times each instead; `--long [--seeds n]` simulates 100,000 seeds before
 * the lab.
 */
async function main(): Promise<number> {
  const args = process.argv.slice(2)
  const { rest: withoutTimes, value: times = raceTimes } = taken(args, '--times')
  if (args.includes('--races')) return run('packages/testbed/launch/test.ts', raceTests, { RACE_TIMES: times })
  const { rest, value: seeds = longSeeds } = taken(withoutTimes, '--seeds')
  if (args.includes('--long') && !(await simulateSeeds(Number(seeds)))) return 1
  return run('apps/faults/src/main.ts', rest, {})
}

/** An option with a value, and the arguments without both. */
function taken(args: readonly string[], name: string): { rest: string[]; value?: string } {
  const at = args.indexOf(name)
  const value = args[at + 1]
  if (at < 0 || value === undefined) return { rest: [...args] }
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new Problem(`${name} must be a whole number above 0.`)
  return { rest: args.toSpliced(at, 2), value }
}

/** Runs a script to its end and gives its exit code. Ctrl-C reaches it as well: it tidies up, and then so do we. */
function run(script: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  const pass = (signal: NodeJS.Signals) => void child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass)
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass)
      resolve(code ?? 130)
    })
  })
}

await runCommand(main)
