import type { BudgetNode } from '../budget/index.ts'
import type { AttemptId, OrgId } from '../id/index.ts'
import type { NanoUsd } from '../price/index.ts'
import type { BucketState, TokenLimit, WindowState } from '../rate/index.ts'
import type { Instant } from '../time/index.ts'

/*
 * The rule of the money path, stated once as pure functions from a state to a state and a reply. It runs in Redis as
 * Lua (packages/redis/src/scripts); a property test runs both on the same random history and compares every reply and
 * every state.
 */

/** One budget's counter in one window. `limit` null: soft, counted but never compared. */
export type Counter = { used: NanoUsd; held: NanoUsd; limit: NanoUsd | null; version: number }

/** What was taken for one attempt. */
export type Taken = {
  amount: NanoUsd
  tokens: number
  at: Instant
  /** Ids of the counters, root first. */
  nodes: readonly string[]
  /** Ids of the token limits. */
  limits: readonly string[]
}

/** The life of one hold: dispatched → settled | released | orphaned → settled. */
export type HoldState =
  | ({ kind: 'dispatched'; leaseEndsMs: Instant } & Taken)
  /** Its owner is gone; the whole amount is charged provisionally. */
  | ({ kind: 'orphaned' } & Taken)
  | { kind: 'settled' }
  /** Nothing was sent. Also stands for a hold that may still arrive and must not count then. */
  | { kind: 'released' }

/** What the store tells the ledger in Postgres. */
export type LedgerEvent = {
  attemptId: AttemptId
  kind: 'final' | 'provisional' | 'correction' | 'adjustment'
  /** Signed for an adjustment. */
  amount: NanoUsd
  hold: NanoUsd
  nodes: readonly string[]
  /** The re-rating that an adjustment belongs to. */
  rerating?: string
}

/** The state of one shard. Counters, holds and token limits are named by `inOrg`. */
export type Ledger = {
  /** Null while the shard is closed. */
  epoch: string | null
  counters: ReadonlyMap<string, Counter>
  /** Counters that were made; one of them that is not in `counters` was lost. */
  made: ReadonlySet<string>
  holds: ReadonlyMap<string, HoldState>
  windows: ReadonlyMap<string, WindowState>
  buckets: ReadonlyMap<string, BucketState>
  /** Attempts that a re-rating has adjusted, by `<re-rating>/<attempt>`. */
  adjusted: ReadonlySet<string>
  events: readonly LedgerEvent[]
}

export const emptyLedger = (epoch: string | null): Ledger => ({
  epoch,
  counters: new Map(),
  made: new Set(),
  holds: new Map(),
  windows: new Map(),
  buckets: new Map(),
  adjusted: new Set(),
  events: [],
})

/** Name of something inside one organisation; ids contain no slash. */
export const inOrg = (orgId: OrgId, id: string): string => `${orgId}/${id}`

/** Identity of an attempt with what its hold is, or was, taken on. */
export type AttemptRef = { orgId: OrgId; attemptId: AttemptId; limits: readonly TokenLimit[] }

export const nodeIds = (nodes: readonly BudgetNode[]): string[] => nodes.map((node) => node.id)

/** A copy of a map with some entries replaced. */
export const replaced = <V>(map: ReadonlyMap<string, V>, entries: Iterable<readonly [string, V]>): Map<string, V> => {
  const copy = new Map(map)
  for (const [key, value] of entries) copy.set(key, value)
  return copy
}

/** Adds to `used` and `held` of the counters a hold was taken on. */
export function charged(
  ledger: Ledger,
  orgId: OrgId,
  nodes: readonly string[],
  change: { used: NanoUsd; held: NanoUsd },
): ReadonlyMap<string, Counter> {
  return replaced(
    ledger.counters,
    nodes.flatMap((id) => {
      const name = inOrg(orgId, id)
      const counter = ledger.counters.get(name)
      if (!counter) return []
      return [[name, { ...counter, used: counter.used + change.used, held: counter.held + change.held }] as const]
    }),
  )
}
