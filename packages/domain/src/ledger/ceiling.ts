import type { NanoUsd } from '../price/index.ts'
import type { Instant } from '../time/index.ts'

/**
 * What one process has of the installation's ceiling in one window. `spent` only grows. `held` may still be spent.
 * `lapsed` was held when its lease ended: it counts as spent until the process is heard of again.
 */
export type CeilingOwner = { spent: NanoUsd; held: NanoUsd; lapsed: NanoUsd; leaseEndsMs: Instant | null }

/** The installation's ceiling in one window. */
export type CeilingState = { used: NanoUsd; owners: ReadonlyMap<string, CeilingOwner> }

export type CeilingReport = {
  owner: string
  /** All it has spent in this window. */
  spent: NanoUsd
  /** What it wants to hold beyond that. */
  wanted: NanoUsd
  limit: NanoUsd
  leaseMs: number
  window: { startMs: Instant; endMs: Instant }
}

const nobody: CeilingOwner = { spent: 0n, held: 0n, lapsed: 0n, leaseEndsMs: null }

/**
 * Counts what a process has spent and lets it hold as much more as it wants and as is left. It always keeps what it held
 * and has not spent, if it still wants it: requests may be running on that. What a process held whose lease is over
 * counts as spent. Sent again it changes nothing. The Lua twin is redis/src/scripts/ceiling_v1.lua.
 */
export function reportToCeiling(state: CeilingState, report: CeilingReport, at: Instant): [CeilingState, NanoUsd] {
  const owners = new Map(state.owners)
  let { used } = state
  for (const [name, owner] of owners) {
    if (owner.leaseEndsMs === null || owner.leaseEndsMs > at) continue
    used += owner.held
    owners.set(name, { ...owner, held: 0n, lapsed: owner.lapsed + owner.held, leaseEndsMs: null })
  }
  const own = owners.get(report.owner) ?? nobody
  const more = report.spent > own.spent ? report.spent - own.spent : 0n
  used += more - own.lapsed
  const before = own.held + own.lapsed
  // Below zero where more was spent than was held; what is granted is not.
  const kept = smaller(report.wanted, before - more)
  let others = 0n
  for (const [name, owner] of owners) if (name !== report.owner) others += owner.held
  const left = report.limit - used - others
  const open = at >= report.window.startMs && at < report.window.endMs
  const granted = open ? smaller(report.wanted, left > 0n ? left : 0n) : 0n
  const held = granted > kept ? granted : kept
  const leaseEndsMs = held > 0n ? at + report.leaseMs : null
  owners.set(report.owner, { spent: own.spent + more, held, lapsed: 0n, leaseEndsMs })
  return [{ used, owners }, held]
}

const smaller = (a: NanoUsd, b: NanoUsd): NanoUsd => (a < b ? a : b)
