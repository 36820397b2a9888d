import type { Failure } from '@tollkeeper/domain/failure'

/** How long a stream may do what. */
export type RelayLimits = {
  /** Without an event, a comment keeps the connection alive. */
  keepAliveMs: number
  /** A client that reads nothing for this long is cut. */
  stalledMs: number
}

/** A running stream, as seen from those who look after all of them. */
type Running = {
  tick(now: number, limits: RelayLimits): void
  stop(failure: Failure): void
}

/** The streams that are running, with one timer for all. */
export type Relays = {
  add(relay: Running): void
  /** `drained`: it had a slot of those whose client left. */
  remove(relay: Running, drained: boolean): void
  /** Takes a slot for draining a stream whose client left; false when there are too many already. */
  mayDrain(): boolean
  readonly running: number
  /** Ends all of them. */
  stopAll(failure: Failure): void
  close(): void
}

export type RelaysDeps = RelayLimits & {
  monotonic: () => number
  /** Most streams that are drained at a time: a flood of clients that leave must not hold all connections. */
  drainLimit: number
}

const tickMs = 1_000

export function makeRelays(deps: RelaysDeps): Relays {
  const running = new Set<Running>()
  let draining = 0
  const timer = setInterval(
    () => {
      const now = deps.monotonic()
      for (const relay of running) relay.tick(now, deps)
    },
    Math.min(tickMs, deps.keepAliveMs),
  )
  timer.unref()
  return {
    add: (relay) => void running.add(relay),
    remove(relay, drained) {
      running.delete(relay)
      if (drained) draining -= 1
    },
    mayDrain() {
      if (draining >= deps.drainLimit) return false
      draining += 1
      return true
    },
    get running() {
      return running.size
    },
    stopAll(failure) {
      for (const relay of running) relay.stop(failure)
    },
    close: () => clearInterval(timer),
  }
}
