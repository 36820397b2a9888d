import { startChild } from '../src/processes/child.ts'
import { root } from './env.ts'
import { Problem } from './progress.mjs'

export type Errand = {
  /** Completes "The … failed". */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Its output is appended here. */
  readonly log: string
  /** Aborting kills it. */
  readonly signal?: AbortSignal
}

/**
 * Runs a command that ends by itself and waits for its end.
 *
 * @throws Problem with the end of its output when it fails
 */
export async function runToEnd(errand: Errand): Promise<void> {
  const { name, command, args, log, env = {}, cwd = root, signal } = errand
  signal?.throwIfAborted()
  const child = await startChild({ command, args, log, env, cwd })
  const kill = () => void child.kill9()
  signal?.addEventListener('abort', kill, { once: true })
  const { code } = await child.exited
  signal?.removeEventListener('abort', kill)
  signal?.throwIfAborted()
  if (code === 0) return
  const lastLines = child.output().trim().split('\n').slice(-15).join('\n')
  throw new Problem(`The ${name} failed. The end of its log (${log}):\n${lastLines}`)
}
