import { setTimeout as sleep } from 'node:timers/promises'

/** Calls that must reach the store in the end: they are made again until they are acknowledged. */
export type Persistent = {
  /**
   * Makes a call. Resolves with its answer when the first try was acknowledged, or with undefined when it was not: the
   * call is then made again in the background. Rejects only for errors that are defects, not for an absent store.
   */
  run<T>(call: () => Promise<T>): Promise<T | undefined>
  readonly pending: number
  /** Since when the oldest call waits, by the clock it was given; null when none does. */
  readonly oldestSince: number | null
  /** Resolves when nothing is under way or waits any more. */
  idle(): Promise<void>
}

export type PersistentDeps = {
  /** Whether an error says that the store was away, so that the call is worth another try. */
  isAway: (error: unknown) => boolean
  /** Hears errors that another try cannot help. */
  onDefect: (error: unknown) => void
  monotonic: () => number
}

const firstPauseMs = 50
const longestPauseMs = 2_000

export function makePersistent(deps: PersistentDeps): Persistent {
  const waiting = new Map<object, number>()
  let idleWaiters: (() => void)[] = []
  /** First tries that are under way: whoever called may have gone on without their answer. */
  let trying = 0
  const isIdle = () => waiting.size === 0 && trying === 0
  function wakeIfIdle(): void {
    if (!isIdle()) return
    for (const wake of idleWaiters) wake()
    idleWaiters = []
  }

  async function persist(call: () => Promise<unknown>): Promise<void> {
    const mark = {}
    waiting.set(mark, deps.monotonic())
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
      await sleep(pause)
      try {
        await call()
        break
      } catch (error) {
        if (deps.isAway(error)) continue
        deps.onDefect(error)
        break
      }
    }
    waiting.delete(mark)
    wakeIfIdle()
  }

  return {
    async run(call) {
      trying += 1
      try {
        return await call()
      } catch (error) {
        if (!deps.isAway(error)) throw error
        void persist(call)
        return undefined
      } finally {
        trying -= 1
        wakeIfIdle()
      }
    },
    get pending() {
      return waiting.size
    },
    get oldestSince() {
      // Insertion order is the order of waiting.
      for (const since of waiting.values()) return since
      return null
    },
    idle: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve))),
  }
}
