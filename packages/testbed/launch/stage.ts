import { spawn } from 'node:child_process'
import { inheritedEnv } from '../src/env.ts'
import { root } from './env.ts'

export type Counts = { readonly passed: number; readonly failed: number }

/** How one part of `npm test` ended. */
export type StageResult = {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
  /** Of the tests, where the stage has tests. */
  readonly counts?: Counts
  /** Why it could not run. */
  readonly note?: string
}

/** Runs one stage and times it. A stage that throws has failed and says why. */
export async function runStage(
  name: string,
  work: () => Promise<{ ok: boolean; counts?: Counts }>,
): Promise<StageResult> {
  process.stdout.write(`\n── ${name}\n`)
  const begun = performance.now()
  const seconds = () => (performance.now() - begun) / 1_000
  try {
    const result = await work()
    return { name, ...result, seconds: seconds() }
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error)
    process.stdout.write(`${note}\n`)
    return { name, ok: false, seconds: seconds(), note: note.split('\n')[0] ?? '' }
  }
}

/**
 * Runs a command and tells whether it ended well. `quiet` keeps its output back unless it fails.
 */
export async function runTool(
  command: string,
  args: readonly string[],
  options: { quiet?: boolean; cwd?: string; env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<boolean> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: inheritedEnv(options.env),
    stdio: ['ignore', options.quiet ? 'pipe' : 'inherit', options.quiet ? 'pipe' : 'inherit'],
  })
  const output: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) process.stdout.write(Buffer.concat(output))
  return code === 0
}

/** The table at the end of `npm test`, its last line the sum of all tests. */
export function stageTable(results: readonly StageResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length))
  const rows = results.map(({ name, ok, seconds, counts, note }) => {
    const tests = counts ? `  ${counts.passed} passed, ${counts.failed} failed` : ''
    const columns = [ok ? 'ok    ' : 'FAILED', name.padEnd(width), `${seconds.toFixed(1)} s`.padStart(8)]
    return `  ${columns.join('  ')}${tests}${note ? `  ${note}` : ''}`
  })
  const passed = results.reduce((sum, { counts }) => sum + (counts?.passed ?? 0), 0)
  // A stage that failed without a failing test is itself what failed.
  const failed = results.reduce((sum, { ok, counts }) => sum + (counts?.failed || (ok ? 0 : 1)), 0)
  return ['', ...rows, '', `${passed} passed, ${failed} failed`, ''].join('\n')
}
