import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit } from '../src/processes/child.ts'
import { say } from './progress.mjs'
import { ownProcess, stopLeftovers, type OwnProcess } from './run-file.ts'

/** Something to keep running. */
export type Service = {
  readonly name: string
  /** What stops it in good order; SIGTERM unless told. */
  readonly signal?: OwnProcess['signal']
  /** Starts it and waits until it is ready. `born` hears of the process before it is ready. */
  start(born: (pid: number) => void): Promise<Running>
}

type Running = {
  readonly pid: number
  readonly exited: Promise<Exit>
  stop(): Promise<unknown>
}

export type Supervisor = {
  /** Starts services side by side; they are stopped in the opposite order, after all that follow. */
  start(services: readonly Service[]): Promise<void>
  /** Ends the whole: one after the other, the last one first. */
  stop(): Promise<void>
  /** Whoever waits learns that a service could not be kept running. */
  readonly broken: Promise<Error>
}

const restarts = 5
// A service that ran this long has recovered: its earlier ends no longer count.
const steadyMs = 60_000

/**
 * Keeps services running: one that ends is started again, up to five times in a row with growing pauses.
 *
 * @param changed hears the running processes in the order in which they are to be stopped
 */
export function supervisor(
  changed: (processes: OwnProcess[]) => void,
  { firstPauseMs = 500 }: { firstPauseMs?: number } = {},
): Supervisor {
  const kept: { service: Service; known?: OwnProcess; running?: Running }[] = []
  const broken = Promise.withResolvers<Error>()
  const state = { stopping: false }

  const tell = () => changed(kept.flatMap(({ known }) => known ?? []).toReversed())

  async function start(keep: (typeof kept)[number]): Promise<void> {
    const { name, signal } = keep.service
    keep.running = await keep.service.start((pid) => {
      // A process that is gone already shows when it does not become ready.
      const known = ownProcess(name, pid, signal)
      if (known) keep.known = known
      tell()
    })
  }

  async function keepRunning(keep: (typeof kept)[number]): Promise<void> {
    const { name } = keep.service
    let ends = 0
    for (;;) {
      const since = performance.now()
      const exit = await keep.running?.exited
      if (state.stopping) return
      if (performance.now() - since > steadyMs) ends = 0
      ends += 1
      if (ends > restarts) return broken.resolve(new Error(`${name} ended ${ends} times in a row`))
      say(`${name} ended (${exit?.signal ?? exit?.code ?? 'not ready'}); starting it again, ${ends} of ${restarts}`)
      await sleep(firstPauseMs * 2 ** (ends - 1))
      if (state.stopping) return
      await start(keep).catch(() => delete keep.running)
    }
  }

  return {
    broken: broken.promise,
    async start(services) {
      const added = services.map((service) => ({ service }))
      kept.push(...added)
      await Promise.all(added.map(start))
      for (const keep of added) void keepRunning(keep)
    },
    async stop() {
      state.stopping = true
      for (const keep of kept.toReversed()) {
        await keep.running?.stop()
        // It was not ready yet.
        if (keep.known) await stopLeftovers([keep.known])
        delete keep.known
        tell()
      }
    },
  }
}
