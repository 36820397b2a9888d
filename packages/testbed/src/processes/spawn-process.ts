import { join } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'
import { startChild, type Child, type Exit } from './child.ts'
import { until } from './until.ts'

export type ProcessOptions = {
  /** For error messages. */
  readonly name: string
  /** `process.execPath` runs TypeScript files. */
  readonly command: string
  readonly args: readonly string[]
  /** On top of this process's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Ready when the output matches the expression, or the URL answers with a 2xx status. */
  readonly ready: RegExp | string
  /** What it is sent when the test dies; SIGKILL unless told. */
  readonly onParentDeath?: 'SIGKILL' | 'SIGTERM'
  /** Milliseconds to become ready, 20,000 unless told. */
  readonly within?: number
}

export type SpawnedProcess = {
  /** Of the present incarnation: another one after `restart()`. */
  readonly pid: number
  /** SIGTERM, SIGKILL after `graceMs` (10 s), and removal of its log; gives how it ended. */
  stop(options?: { graceMs?: number }): Promise<Exit>
  /** kill -9 of the process and everything it started. */
  kill9(): Promise<Exit>
  /** Starts it again (stopping it first if it still runs) and waits until it is ready. */
  restart(): Promise<void>
  /** stdout and stderr of all incarnations. */
  output(): string
}

/**
 * Runs a whole process of the product for a test and waits until it is ready. It dies with the test.
 *
 * @throws Error with the output so far when it ends or stays silent instead of becoming ready
 */
export async function spawnProcess(options: ProcessOptions): Promise<SpawnedProcess> {
  const folder = temporaryFolder('process')
  const log = join(folder.path, 'output.log')
  let child = await startReady(options, log).catch((error: unknown) => {
    folder.remove()
    throw error
  })
  let lastOutput: string | undefined
  return {
    get pid() {
      return child.pid
    },
    async stop(grace) {
      const exit = await child.stop(grace)
      lastOutput ??= child.output()
      folder.remove()
      return exit
    },
    kill9: () => child.kill9(),
    async restart() {
      await child.stop()
      child = await startReady(options, log)
    },
    output: () => lastOutput ?? child.output(),
  }
}

async function startReady(options: ProcessOptions, log: string): Promise<Child> {
  const { command, args, ready, within = 20_000 } = options
  const child = await startChild({
    command,
    args,
    log,
    onParentDeath: options.onParentDeath ?? 'SIGKILL',
    ...(options.env && { env: options.env }),
    ...(options.cwd && { cwd: options.cwd }),
  })
  // Output of an earlier incarnation must not make a restarted one look ready.
  const before = child.output().length
  const isReady = () => (typeof ready === 'string' ? answers(ready) : ready.test(child.output().slice(before)))
  try {
    await until(async () => child.exit() !== undefined || (await isReady()), { within })
  } catch (cause) {
    await child.kill9()
    throw new Error(`${options.name} was not ready within ${within} ms:\n${child.output()}`, { cause })
  }
  if (child.exit() === undefined) return child
  throw new Error(`${options.name} ended before it was ready:\n${child.output()}`)
}

/** Whether a GET of `url` gives a 2xx status now. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  await response.body?.cancel()
  return response.ok
}
