import { readFileSync } from 'node:fs'
import { spawnProcess, until, type ProcessOptions, type SpawnedProcess } from '@tollkeeper/testbed/processes'

/** A process of the product that can be killed, paused and started again. */
export type Machine = {
  readonly name: string
  readonly url: string
  /** Of the present incarnation. */
  pid(): number
  /** Whether it was killed or stopped and not started again. */
  down(): boolean
  kill9(): Promise<void>
  /** SIGSTOP and SIGCONT. */
  pause(): void
  resume(): void
  /** SIGTERM; resolves with its exit code once it has ended by itself. @throws when it takes longer */
  terminate(withinMs: number): Promise<number | null>
  /** Like `terminate`, and nothing starts it again. */
  retire(withinMs: number): Promise<number | null>
  /** Starts it if it is down. */
  start(): Promise<void>
  /** Ends it for good, at once: whatever it leaves behind was judged by then. */
  stop(): Promise<void>
  /** Everything it ever wrote. */
  output(): string
  /** Memory it has now, in MiB; undefined where the system does not tell. */
  memory(): number | undefined
}

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Starts a process and waits until it is ready. It dies with this one. */
export async function startMachine(options: ProcessOptions & { url: string }): Promise<Machine> {
  const child: SpawnedProcess = await spawnProcess(options)
  let isDown = false
  let isRetired = false
  async function terminate(withinMs: number): Promise<number | null> {
    isDown = true
    if (runs(child.pid)) process.kill(child.pid, 'SIGTERM')
    await until(() => !runs(child.pid), { within: withinMs, what: `${options.name} to end` })
    return (await child.kill9()).code
  }
  return {
    name: options.name,
    url: options.url,
    pid: () => child.pid,
    down: () => isDown,
    async kill9() {
      isDown = true
      await child.kill9()
    },
    pause: () => void process.kill(child.pid, 'SIGSTOP'),
    resume: () => void process.kill(child.pid, 'SIGCONT'),
    terminate,
    retire(withinMs) {
      isRetired = true
      return terminate(withinMs)
    },
    async start() {
      if (!isDown || isRetired) return
      await child.restart()
      isDown = false
    },
    async stop() {
      await child.kill9()
      await child.stop()
    },
    output: () => child.output(),
    memory: () => (isDown ? undefined : memoryOf(child.pid)),
  }
}

function memoryOf(pid: number): number | undefined {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found ? Number(found[1]) / 1_024 : undefined
  } catch {
    return undefined
  }
}
