import type { StoreMemory } from '@tollkeeper/redis/memory'
import type { Instant } from '@tollkeeper/domain/time'
import { makeBreaker, type Breaker } from './breaker.ts'
import { makePressure, type Pressure } from './pressure.ts'
import { makeStoreClock, type StoreClock } from './store-clock.ts'
import { within } from './within.ts'

/** What this process knows of the store's health, its room and its time, and what keeps requests from waiting for it. */
export type StoreWatch = {
  /** Whatever a request waits for is asked through it; settlements are not, they have time. */
  breaker: Breaker
  pressure: Pressure
  /** Only the store's clock decides windows and expiries. */
  clock: StoreClock
  /** Whether it answers, asked past the breaker. */
  answers: () => Promise<boolean>
  stop: () => void
}

export type StoreWatchDeps = {
  store: {
    ping: () => Promise<string>
    /** Seconds since 1970, and microseconds of the present one. */
    time: () => Promise<readonly (number | string)[]>
    memory: () => Promise<StoreMemory>
  }
  /** How long one question may take that a request waits for. */
  withinMs: number
  isAway: (error: unknown) => boolean
  now: () => number
  monotonic: () => number
  log: { warn: (line: object, text: string) => void; error: (line: object, text: string) => void }
}

/** How often the store is asked for its memory and its time. */
const lookEveryMs = 1_000
/** How long somebody waits to be told whether it answers. */
const answersWithinMs = 500

export function makeStoreWatch({ store, log, ...deps }: StoreWatchDeps): StoreWatch {
  async function read(): Promise<Instant> {
    const [seconds, micros] = await store.time()
    return 1_000 * Number(seconds) + Math.floor(Number(micros) / 1_000)
  }
  const clock = makeStoreClock({ read, now: deps.now, monotonic: deps.monotonic })
  const pressure = makePressure({
    read: store.memory,
    onAlarm: (ratio, shedding) =>
      log[shedding ? 'error' : 'warn']({ ratio, shedding }, 'the store is running out of memory'),
    onEvicts: (policy) => log.error({ policy }, 'the store may throw counters away: set maxmemory-policy noeviction'),
  })
  const breaker = makeBreaker({
    withinMs: deps.withinMs,
    probe: store.ping,
    refusal: () => pressure.refusal,
    isAway: deps.isAway,
    onChange: (isOpen) => log.warn({ open: isOpen }, isOpen ? 'the store does not answer' : 'the store answers again'),
    monotonic: deps.monotonic,
  })
  const looking = setInterval(() => {
    for (const look of [pressure.look, clock.look]) look().catch(() => {})
  }, lookEveryMs)
  looking.unref()
  return {
    breaker,
    pressure,
    clock,
    async answers() {
      return (await within(answersWithinMs, store.ping()).catch(() => null)) === 'PONG'
    },
    stop() {
      clearInterval(looking)
      breaker.stop()
    },
  }
}
