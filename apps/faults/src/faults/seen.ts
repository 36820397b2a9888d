import type { ClientCall } from '../load/history.ts'
import type { Condition } from './fault.ts'

/** Requests at a proxy, from a moment on, that ended neither whole nor by their client's wish. */
export const brokenAt = (history: readonly ClientCall[], proxy: number, fromMs: number): ClientCall[] =>
  history.filter((call) => call.proxy === proxy && call.endMs >= fromMs && call.outcome === 'unknown' && !call.left)

/** Requests that were answered with a status of 500 or above before their first byte, from a moment on. */
export const unserved = (history: readonly ClientCall[], fromMs: number): ClientCall[] =>
  history.filter((call) => call.sentMs >= fromMs && (call.status ?? 0) >= 500)

/** The longest that a client may wait for a decision while a store is away; a machine of two cores is busy meanwhile. */
const patienceMs = 3_000

/** Nobody waits for a decision while a store is away: a refusal is an answer too. */
export function slowestDecision(history: readonly ClientCall[], fromMs: number, untilMs: number): Condition {
  const slowest = history
    .filter((call) => call.sentMs >= fromMs && call.sentMs < untilMs && call.stream && call.decidedMs !== null)
    .reduce((most, call) => Math.max(most, (call.decidedMs ?? 0) - call.sentMs), 0)
  return { name: 'nobody waits for a decision', holds: slowest < patienceMs, told: `at most ${slowest} ms` }
}

/** Whoever was refused without having spent too much was told one of these reasons. */
export function onlyRefusedFor(history: readonly ClientCall[], fromMs: number, reasons: readonly string[]): Condition {
  const refused = history.filter((call) => call.sentMs >= fromMs && (call.status ?? 0) >= 500)
  const others = refused.filter((call) => !reasons.includes(call.reason ?? ''))
  const told = [...new Set(others.map((call) => `${call.status} ${call.reason}`))].join(', ')
  return {
    name: 'nothing else was wrong',
    holds: others.length === 0,
    told: others.length === 0 ? `${refused.length} refused meanwhile` : told,
  }
}
