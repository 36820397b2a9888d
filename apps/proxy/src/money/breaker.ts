import { StoreUnavailable } from '@tollkeeper/redis/connection'
import { within } from './within.ts'

/**
 * Keeps decisions from waiting for a store that does not answer: each question gets a short time, and after a few that
 * were in vain none is asked until the store answers again (money.md 4.7).
 */
export type Breaker = {
  /** Asks. @throws StoreUnavailable at once while the store is known to be away, or when it takes too long to answer */
  run: <T>(question: () => Promise<T>) => Promise<T>
  /** @throws StoreUnavailable while nothing may be asked */
  check: () => void
  readonly open: boolean
  stop: () => void
}

export type BreakerDeps = {
  /** How long one question may take. */
  withinMs: number
  /** A question that changes nothing. */
  probe: () => Promise<unknown>
  /** Why nothing new is to be asked of a store that answers; null when it may. */
  refusal: () => string | null
  isAway: (error: unknown) => boolean
  /** Hears when it opens and closes. */
  onChange: (open: boolean) => void
  monotonic: () => number
}

/** More failures than this in a row, or failures for this long, and it opens. */
const mostFailures = 2
const mostFailingMs = 250
const probeEveryMs = 100

export function makeBreaker(deps: BreakerDeps): Breaker {
  let failures = 0
  let failingSince = 0
  let probing: NodeJS.Timeout | undefined

  function failed(): void {
    if (failures === 0) failingSince = deps.monotonic()
    failures += 1
    if (probing || (failures <= mostFailures && deps.monotonic() - failingSince < mostFailingMs)) return
    deps.onChange(true)
    probing = setInterval(() => void probe(), probeEveryMs)
    probing.unref()
  }

  function answered(): void {
    failures = 0
    if (!probing) return
    clearInterval(probing)
    probing = undefined
    deps.onChange(false)
  }

  async function probe(): Promise<void> {
    try {
      await within(deps.withinMs, deps.probe())
      answered()
    } catch {
      // Still away.
    }
  }

  function check(): void {
    if (probing) throw new StoreUnavailable('it did not answer the last questions')
    const refusal = deps.refusal()
    if (refusal !== null) throw new StoreUnavailable(refusal)
  }

  return {
    async run(question) {
      check()
      try {
        const answer = await within(deps.withinMs, question())
        failures = 0
        return answer
      } catch (error) {
        if (deps.isAway(error)) failed()
        else failures = 0
        throw error
      }
    },
    check,
    get open() {
      return probing !== undefined
    },
    stop: () => clearInterval(probing),
  }
}
