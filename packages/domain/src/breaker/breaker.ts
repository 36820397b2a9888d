import type { Instant } from '../time/index.ts'

/** When a breaker opens, and for how long. */
export type BreakerRules = {
  /** So many failures within the window open it… */
  failures: number
  windowSeconds: number
  /** …if they are at least this share of what was tried, in per cent: few among very many are no illness. */
  leastPercent: number
  cooldownMs: number
  /** How long the canary may take before another one may go. */
  canaryMs: number
}

/** What came of calls: those that showed the provider to be well, and those that showed it to be ill. */
export type Tally = { answered: number; failed: number }

/** The only call that is let through when a cool-down is over. */
export type Canary = { owner: string; untilMs: Instant }

/**
 * Whether one model at one provider, by one credential, is asked. Closed: it is. Open: it is not, until the cool-down is
 * over. Half-open: a single canary is let through, on a lease, and decides.
 */
export type BreakerState = {
  /** By second of the epoch. Empty while it is open. */
  tallies: ReadonlyMap<number, Tally>
  /** Null: closed. */
  opening: { sinceMs: Instant; untilMs: Instant; canary: Canary | null } | null
  /** The credential is at a limit of the provider: nothing is asked until then, whatever the rest says. */
  limitedUntilMs: Instant
  /** How often it has opened. */
  trips: number
}

export const newBreaker: BreakerState = { tallies: new Map(), opening: null, limitedUntilMs: 0, trips: 0 }

/** Counts of one second, so many whole seconds ago. */
export type AgedTally = Tally & { age: number }

/**
 * Counts what came of calls, and opens a closed breaker when that was too much. An open one takes no notice: those are
 * calls that had begun before. Windows are whole seconds, so two failures up to a second further apart than the window
 * may still count together. The Lua twin of these rules is redis/src/scripts/breaker_v1.lua.
 */
export function tallied(
  state: BreakerState,
  rules: BreakerRules,
  counts: readonly AgedTally[],
  at: Instant,
): BreakerState {
  if (state.opening) return state
  const second = Math.floor(at / 1_000)
  const tallies = new Map([...state.tallies].filter(([key]) => key >= second - rules.windowSeconds))
  let isFailing = false
  for (const { age, answered, failed } of counts) {
    if (age > rules.windowSeconds) continue
    const there = tallies.get(second - age) ?? { answered: 0, failed: 0 }
    tallies.set(second - age, { answered: there.answered + answered, failed: there.failed + failed })
    if (failed > 0) isFailing = true
  }
  const { answered, failed } = sumOf(tallies)
  const isIll = failed >= rules.failures && failed * 100 >= rules.leastPercent * (failed + answered)
  return isFailing && isIll ? opened(state, rules, at) : { ...state, tallies }
}

/** All that was counted. */
export function sumOf(tallies: BreakerState['tallies']): Tally {
  let [answered, failed] = [0, 0]
  for (const tally of tallies.values()) {
    answered += tally.answered
    failed += tally.failed
  }
  return { answered, failed }
}

const opened = (state: BreakerState, rules: BreakerRules, at: Instant): BreakerState => ({
  ...state,
  tallies: new Map(),
  opening: { sinceMs: at, untilMs: at + rules.cooldownMs, canary: null },
  trips: state.trips + 1,
})

/** Whether a call may be made. `canary`: this one, and it must be told how it ended. `wait`: for at least so long. */
export type BreakerAnswer = { kind: 'closed' } | { kind: 'canary' } | { kind: 'wait'; ms: number; limited: boolean }

/** Asks for a call by `owner`; takes the canary's lease where there is one to take. Asking again changes nothing. */
export function askBreaker(
  state: BreakerState,
  rules: BreakerRules,
  owner: string,
  at: Instant,
): [BreakerState, BreakerAnswer] {
  const { opening, limitedUntilMs } = state
  if (limitedUntilMs > at) return [state, { kind: 'wait', ms: limitedUntilMs - at, limited: true }]
  if (!opening) return [state, { kind: 'closed' }]
  if (opening.untilMs > at) return [state, { kind: 'wait', ms: opening.untilMs - at, limited: false }]
  const { canary } = opening
  if (canary && canary.owner !== owner && canary.untilMs > at)
    return [state, { kind: 'wait', ms: canary.untilMs - at, limited: false }]
  return [{ ...state, opening: { ...opening, canary: { owner, untilMs: at + rules.canaryMs } } }, { kind: 'canary' }]
}

/** How a canary ended. `unsent`: it was never made, so that the next call may be it. */
export type CanaryEnd = 'answered' | 'failed' | 'unsent'

/** Ends the canary: closes, opens for another cool-down, or lets another one go. Nothing, if it is not the canary. */
export function endCanary(
  state: BreakerState,
  rules: BreakerRules,
  { owner, end }: { owner: string; end: CanaryEnd },
  at: Instant,
): BreakerState {
  const { opening } = state
  if (opening?.canary?.owner !== owner) return state
  if (end === 'answered') return { ...state, tallies: new Map(), opening: null }
  if (end === 'failed') return opened(state, rules, at)
  return { ...state, opening: { ...opening, canary: null } }
}

/** Holds calls back for some time, since the provider said that the credential is at a limit. */
export const limited = (state: BreakerState, ms: number, at: Instant): BreakerState => ({
  ...state,
  limitedUntilMs: Math.max(state.limitedUntilMs, at + ms),
})

export type BreakerStanding = 'closed' | 'open' | 'half-open'

/** What people call its state. */
export function breakerStanding({ opening }: Pick<BreakerState, 'opening'>, at: Instant): BreakerStanding {
  if (!opening) return 'closed'
  return opening.untilMs > at ? 'open' : 'half-open'
}
