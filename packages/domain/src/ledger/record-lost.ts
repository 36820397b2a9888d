import type { NanoUsd } from '../price/index.ts'
import type { Instant } from '../time/index.ts'
import { charged, inOrg, replaced, type AttemptRef, type HoldState, type Ledger, type LedgerEvent } from './ledger.ts'

/** The charge of an attempt whose hold the store has lost. */
export type LostCharge = Pick<AttemptRef, 'orgId' | 'attemptId'> & {
  kind: Extract<LedgerEvent['kind'], 'final' | 'provisional' | 'correction'>
  amount: NanoUsd
  hold: NanoUsd
  nodes: readonly string[]
}

/**
 * Writes it for the ledger, and adds it to the counters that are there; those that are not count as lost until they are
 * put back. False when the attempt is known after all.
 */
export function recordLost(ledger: Ledger, charge: LostCharge, at: Instant): [Ledger, boolean] {
  const { orgId, attemptId, kind, amount, hold, nodes } = charge
  const name = inOrg(orgId, attemptId)
  if (ledger.holds.has(name)) return [ledger, false]
  const used = kind === 'correction' ? amount - hold : amount
  const state: HoldState =
    kind === 'provisional' ? { kind: 'orphaned', amount: hold, tokens: 0, at, nodes, limits: [] } : { kind: 'settled' }
  return [
    {
      ...ledger,
      counters: charged(ledger, orgId, nodes, { used, held: 0n }),
      made: new Set([...ledger.made, ...nodes.map((id) => inOrg(orgId, id))]),
      holds: replaced(ledger.holds, [[name, state]]),
      events: [...ledger.events, { attemptId, kind, amount, hold, nodes }],
    },
    true,
  ]
}
