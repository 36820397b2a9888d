import type { NanoUsd } from '../price/index.ts'
import { charged, inOrg, replaced, type AttemptRef, type Ledger, type LedgerEvent } from './ledger.ts'
import { tokensCorrected } from './tokens.ts'

export type SettleRequest = AttemptRef & { amount: NanoUsd; tokens: number }

export type SettleAnswer =
  | { kind: 'settled' | 'corrected'; overage: boolean }
  | { kind: 'duplicate' | 'gone'; overage: false }

/** Replaces a hold, or the provisional charge of an orphan, by the actual cost, and tells the ledger. */
export function settle(ledger: Ledger, request: SettleRequest): [Ledger, SettleAnswer] {
  const { orgId, attemptId, amount } = request
  const name = inOrg(orgId, attemptId)
  const held = ledger.holds.get(name)
  if (!held || held.kind === 'released') return [ledger, { kind: 'gone', overage: false }]
  if (held.kind === 'settled') return [ledger, { kind: 'duplicate', overage: false }]
  const late = held.kind === 'orphaned'
  const change = late ? { used: amount - held.amount, held: 0n } : { used: amount, held: -held.amount }
  const event: LedgerEvent = {
    attemptId,
    kind: late ? 'correction' : 'final',
    amount,
    hold: held.amount,
    nodes: held.nodes,
  }
  return [
    {
      ...ledger,
      ...tokensCorrected(ledger, orgId, request.limits, held, request.tokens),
      counters: charged(ledger, orgId, held.nodes, change),
      holds: replaced(ledger.holds, [[name, { kind: 'settled' }]]),
      events: [...ledger.events, event],
    },
    { kind: late ? 'corrected' : 'settled', overage: amount > held.amount },
  ]
}
