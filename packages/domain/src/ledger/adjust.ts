import type { NanoUsd } from '../price/index.ts'
import { charged, inOrg, type AttemptRef, type Ledger } from './ledger.ts'

/** What an attempt was charged too much or too little, by a corrected price. */
export type AdjustRequest = Pick<AttemptRef, 'orgId' | 'attemptId'> & {
  epoch: string
  rerating: string
  /** Signed, never nothing. */
  amount: NanoUsd
  /** The counters that the attempt was charged to; `open`: the window is not over. */
  nodes: readonly { id: string; open: boolean }[]
}

/** `below`: that counter has less than what would be taken from it, so nothing was changed. */
export type AdjustAnswer = { kind: 'adjusted' | 'duplicate' | 'fenced' } | { kind: 'below'; node: number }

/**
 * Moves counters by the difference and tells the ledger, once per attempt and re-rating. A counter that is not there is
 * left to the ledger: while its window is open it counts as lost until it is put back, and after that it is gone for good.
 */
export function adjust(ledger: Ledger, request: AdjustRequest): [Ledger, AdjustAnswer] {
  const { orgId, attemptId, rerating, amount, nodes } = request
  if (ledger.epoch !== request.epoch) return [ledger, { kind: 'fenced' }]
  const mark = `${rerating}/${attemptId}`
  if (ledger.adjusted.has(mark)) return [ledger, { kind: 'duplicate' }]
  const below = nodes.findIndex(({ id }) => {
    const counter = ledger.counters.get(inOrg(orgId, id))
    return counter !== undefined && counter.used + amount < 0n
  })
  if (below >= 0) return [ledger, { kind: 'below', node: below }]
  const ids = nodes.map(({ id }) => id)
  const open = nodes.filter((node) => node.open).map(({ id }) => inOrg(orgId, id))
  return [
    {
      ...ledger,
      counters: charged(ledger, orgId, ids, { used: amount, held: 0n }),
      made: new Set([...ledger.made, ...open]),
      adjusted: new Set([...ledger.adjusted, mark]),
      events: [...ledger.events, { attemptId, kind: 'adjustment', amount, hold: 0n, nodes: ids, rerating }],
    },
    { kind: 'adjusted' },
  ]
}
