import type { Instant } from '../time/index.ts'

/** Who runs under one limit on concurrency, and until when each permit lives without a sign of its owner. */
export type PermitState = ReadonlyMap<string, Instant>

export type PermitAnswer =
  | { kind: 'taken' }
  /** `limit`: index of the first limit without a free permit; `running`: how many have one. */
  | { kind: 'busy'; limit: number; running: number }

/**
 * Takes a permit of every limit, or of none. Permits whose lease is over count for nobody: their owner is gone. The same
 * permit again is taken as before. `states` are those of `limits`, in order. The Lua twin is
 * redis/src/scripts/admit_v2.lua.
 */
export function takePermits(
  states: readonly PermitState[],
  limits: readonly number[],
  permit: { id: string; leaseMs: number },
  at: Instant,
): [readonly PermitState[], PermitAnswer] {
  const live = states.map((state) => new Map([...state].filter(([, endsMs]) => endsMs > at)))
  const busy = live.findIndex((state, i) => !state.has(permit.id) && state.size >= (limits[i] ?? 0))
  if (busy >= 0) return [live, { kind: 'busy', limit: busy, running: live[busy]?.size ?? 0 }]
  for (const state of live) state.set(permit.id, at + permit.leaseMs)
  return [live, { kind: 'taken' }]
}
