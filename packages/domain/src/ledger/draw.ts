import type { AttemptId, OrgId } from '../id/index.ts'
import type { NanoUsd } from '../price/index.ts'
import { charged, inOrg, replaced, type HoldState, type Ledger, type LedgerEvent } from './ledger.ts'

/** What an attempt cost that a slice pays for: a hold that a proxy took beforehand, for requests to come. */
export type DrawRequest = {
  orgId: OrgId
  sliceId: AttemptId
  attemptId: AttemptId
  amount: NanoUsd
  /** Ids of the counters that the slice was held on, as the caller knows them. */
  nodes: readonly string[]
}

export type DrawAnswer =
  | { kind: 'drawn' | 'corrected' | 'late'; overage: boolean }
  | { kind: 'duplicate' | 'gone'; overage: false }

/**
 * Charges an attempt out of a slice. An open slice becomes smaller by what it pays. Of a slice that was charged
 * provisionally the money moves out of that charge, by a correction of its own, so that the ledger's sum is what is used
 * at every step. A closed slice pays nothing: then the whole cost is beyond what was held, and charged all the same.
 */
export function draw(ledger: Ledger, request: DrawRequest): [Ledger, DrawAnswer] {
  const { orgId, sliceId, attemptId, amount } = request
  const name = inOrg(orgId, attemptId)
  if (ledger.holds.has(name)) return [ledger, { kind: 'duplicate', overage: false }]
  const sliceName = inOrg(orgId, sliceId)
  const slice = ledger.holds.get(sliceName)
  const final = (hold: NanoUsd, nodes: readonly string[]): LedgerEvent => ({
    attemptId,
    kind: 'final',
    amount,
    hold,
    nodes,
  })

  if (slice?.kind !== 'dispatched' && slice?.kind !== 'orphaned') {
    const { nodes } = request
    if (nodes.some((id) => !ledger.counters.has(inOrg(orgId, id)))) return [ledger, { kind: 'gone', overage: false }]
    return [
      {
        ...ledger,
        counters: charged(ledger, orgId, nodes, { used: amount, held: 0n }),
        holds: replaced(ledger.holds, [[name, { kind: 'settled' }]]),
        events: [...ledger.events, final(0n, nodes)],
      },
      { kind: 'late', overage: amount > 0n },
    ]
  }
  const { nodes } = slice
  const paid = amount < slice.amount ? amount : slice.amount
  const late = slice.kind === 'orphaned'
  const moves = late && paid > 0n
  const amountLeft = slice.amount - paid
  const smaller: HoldState = { ...slice, amount: amountLeft }
  const moved: LedgerEvent = {
    attemptId: `${sliceId}:${attemptId}` as AttemptId,
    kind: 'correction',
    amount: 0n,
    hold: paid,
    nodes,
  }
  return [
    {
      ...ledger,
      counters: charged(ledger, orgId, nodes, late ? { used: amount - paid, held: 0n } : { used: amount, held: -paid }),
      holds: replaced(ledger.holds, [
        [sliceName, smaller],
        [name, { kind: 'settled' }],
      ]),
      events: [...ledger.events, ...(moves ? [moved] : []), final(paid, nodes)],
    },
    { kind: late ? 'corrected' : 'drawn', overage: amount > paid },
  ]
}
