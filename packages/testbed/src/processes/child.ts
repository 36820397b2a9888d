import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { inheritedEnv } from '../env.ts'
import { atExit } from './at-exit.ts'

/** How a process ended; one of the two is null. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** A process in a group of its own, whose output goes to a file. */
export type Child = {
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Undefined while it runs. */
  exit(): Exit | undefined
  /** Everything it wrote to stdout and stderr so far. */
  output(): string
  /** Sends `signal`, waits up to `graceMs`, then kills; gives how it ended. */
  stop(options?: { signal?: NodeJS.Signals; graceMs?: number }): Promise<Exit>
  /** SIGKILL to the process and its group, at once. */
  kill9(): Promise<Exit>
}

export type ChildOptions = {
  readonly command: string
  readonly args: readonly string[]
  /** Appended to; made if missing. */
  readonly log: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly account?: { readonly uid: number; readonly gid: number }
  /** Sent to the child when this process dies; by the kernel where Linux allows. For tests. */
  readonly onParentDeath?: 'SIGKILL' | 'SIGTERM'
}

/**
 * Starts a process in its own process group, so that Ctrl-C in a terminal reaches only its parent,
 * and with its output in a file, so that it survives a parent that dies.
 *
 * @throws Error when the command cannot be started
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { onParentDeath } = options
  const [command, args] = onParentDeath
    ? boundToParent(onParentDeath, options.command, options.args)
    : [options.command, options.args]
  const log = openSync(options.log, 'a', 0o600)
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: inheritedEnv(options.env),
    detached: true,
    stdio: ['ignore', log, log],
    ...options.account,
  })
  closeSync(log)
  let exit: Exit | undefined
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal }
      // Also after an orderly end: whatever it started itself must not stay behind.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
      resolve(exit)
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${options.command} did not start.`)

  if (onParentDeath) {
    // Where the kernel does not see to it, an orderly end of this process does.
    const nevermind = atExit(() => signalGroup(pid, onParentDeath))
    void exited.then(nevermind)
    child.unref()
  }

  const kill9 = () => {
    if (exit === undefined) signalGroup(pid, 'SIGKILL')
    return exited
  }
  return {
    pid,
    exited,
    exit: () => exit,
    output: () => readFileSync(options.log, 'utf8'),
    kill9,
    async stop({ signal = 'SIGTERM', graceMs = 10_000 } = {}) {
      if (exit === undefined) child.kill(signal)
      const grace = new AbortController()
      await Promise.race([exited, sleep(graceMs, undefined, { signal: grace.signal }).catch(() => {})])
      grace.abort()
      return kill9()
    },
  }
}

/** Sends a signal to a whole process group; nothing happens when the group is gone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // The group is gone, which is what a signal was to achieve.
  }
}

let setprivWorks: boolean | undefined

function boundToParent(signal: string, command: string, args: readonly string[]): [string, readonly string[]] {
  setprivWorks ??= spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0
  return setprivWorks ? ['setpriv', ['--pdeathsig', signal.slice(3), '--', command, ...args]] : [command, args]
}
