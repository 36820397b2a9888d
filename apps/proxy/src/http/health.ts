/** Whether this instance should get new requests, and why not. */
export type Readiness = {
  ready: boolean
  /** `slices`: it is away, and organisations that have slices are answered out of them. */
  redis: 'ok' | 'slices' | 'unavailable'
  /** Settlements the store has not acknowledged for longer than is usual. */
  settlements: 'ok' | 'pending'
  /** The second copy of charges on this host's disk; `replaying` what a process before this one left. */
  journal: 'ok' | 'unwritable' | 'replaying'
  /** `evicting`: the store may throw counters away, since its maxmemory-policy is not noeviction. */
  memory: 'ok' | 'evicting'
  shuttingDown: boolean
}

export type HealthDeps = {
  pingRedis: () => Promise<boolean>
  /** Slices that are held. */
  slices: () => number
  /** How long the oldest settlement waits, in ms; 0 when none does. */
  oldestPendingMs: () => number
  journal: () => Readiness['journal']
  evicts: () => boolean
  shuttingDown: () => boolean
}

/** A settlement that waits longer than this means that money is not being recorded. */
const usualMs = 2_000

/** Not `/livez`: a store that is away must not have all instances restarted. */
export async function readiness(deps: HealthDeps): Promise<Readiness> {
  const redis = (await deps.pingRedis()) ? 'ok' : deps.slices() > 0 ? 'slices' : 'unavailable'
  const settlements = deps.oldestPendingMs() > usualMs ? 'pending' : 'ok'
  const journal = deps.journal()
  const shuttingDown = deps.shuttingDown()
  const memory = deps.evicts() ? 'evicting' : 'ok'
  const calm = redis === 'slices' || (redis === 'ok' && settlements === 'ok')
  const ready = calm && journal === 'ok' && memory === 'ok' && !shuttingDown
  return { ready, redis, settlements, journal, memory, shuttingDown }
}
