import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { ClientCall } from '../load/history.ts'

/** A call as the provider's record has it: the oracle. */
export type OracleCall = {
  attemptId: string
  credentialLast4: string
  status: number
  input: number
  output: number
  billed: NanoUsd
}

/** A row of the ledger in Postgres. */
export type LedgerRow = {
  attemptId: string
  requestId: string
  orgId: string
  kind: string
  /** `reported`, `estimated` or `held`. */
  source: string
  input: number
  output: number
  amount: NanoUsd
  hold: NanoUsd
  /** Milliseconds since 1970: when the hold was taken, and when the row was written. */
  atMs: number
  recordedMs: number
  nodes: readonly string[]
}

/** A budget's counter at the end, and what the ledger says it should be. `limit` null: it refuses nothing. */
export type CounterAtEnd = {
  orgId: string
  /** Of the budget: whose it is. */
  scope: string
  scopeId: string
  node: string
  used: NanoUsd
  held: NanoUsd
  ledger: NanoUsd
  limit: NanoUsd | null
}

/** A hard counter that stood above its limit while the run went on. */
export type Overshoot = { atMs: number; node: string; used: NanoUsd; held: NanoUsd; limit: NanoUsd }

export type MemoryOfProcess = { name: string; beforeMiB: number; afterMiB: number }

/** Everything the checker may look at after a run. */
export type Evidence = {
  history: readonly ClientCall[]
  oracle: readonly OracleCall[]
  ledger: readonly LedgerRow[]
  counters: readonly CounterAtEnd[]
  overshoots: readonly Overshoot[]
  /** How many times the counters were looked at during the run. */
  samples: number
  /** Whose calls carry which credential. */
  credentials: ReadonlyMap<string, OrgId>
  /** Hourly sums that differ from the rows they sum; entries left on the streams; entries nobody could read. */
  rollupDrift: number
  undrained: number
  dead: number
  /** What each process wrote during the run. */
  logs: readonly { name: string; text: string }[]
  memory: readonly MemoryOfProcess[]
  /** How long a hold may outlive its request at most: lease and sweep. */
  leaseWindowMs: number
  /** The way to the provider was broken or a proxy was killed: own counts may differ from the bill, within the hold. */
  evidenceLost: boolean
}

/** One question to the evidence: how often the answer was bad, and the first few times. 0 is good. */
export type Finding = { check: string; bad: number; examples: readonly string[] }

export const finding = (check: string, examples: readonly string[]): Finding => ({
  check,
  bad: examples.length,
  examples: examples.slice(0, 5),
})
