import type { ClientCall } from '../load/history.ts'

/** Requests at a proxy, from a moment on, that ended neither whole nor by their client's wish. */
export const brokenAt = (history: readonly ClientCall[], proxy: number, fromMs: number): ClientCall[] =>
  history.filter((call) => call.proxy === proxy && call.endMs >= fromMs && call.outcome === 'unknown' && !call.left)

/** Requests that were answered with a status of 500 or above before their first byte, from a moment on. */
export const unserved = (history: readonly ClientCall[], fromMs: number): ClientCall[] =>
  history.filter((call) => call.sentMs >= fromMs && (call.status ?? 0) >= 500)
