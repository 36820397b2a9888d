import type { Instant } from '@tollkeeper/domain/time'

/** What time it is for the store, which decides windows and leases; this process may believe what it likes. */
export type StoreClock = {
  now: () => Instant
  /** The store has just said what time it is. */
  says: (at: Instant) => void
  /** Asks it. */
  look: () => Promise<void>
}

/** An answer that took longer may have waited here: its time is long past. */
const promptMs = 250

/** Until the store was asked it has the time of this process. */
export function makeStoreClock(deps: {
  read: () => Promise<Instant>
  now: () => Instant
  monotonic: () => number
}): StoreClock {
  let offset = 0
  const says = (at: Instant) => void (offset = at - deps.now())
  return {
    now: () => deps.now() + offset,
    says,
    async look() {
      const askedMs = deps.monotonic()
      const at = await deps.read()
      if (deps.monotonic() - askedMs <= promptMs) says(at)
    },
  }
}
