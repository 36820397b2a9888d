import { charged, inOrg, replaced, type AttemptRef, type Ledger } from './ledger.ts'
import { tokensCorrected } from './tokens.ts'

export type ReleaseAnswer = { kind: 'released' | 'corrected' | 'marked' | 'skipped' }

/**
 * Gives back what was taken for an attempt of which nothing was sent, without telling the ledger; only an orphan, which
 * the ledger knows, is corrected to 0. A hold that is not there leaves a mark, so that it does not count if it arrives.
 */
export function release(ledger: Ledger, request: AttemptRef): [Ledger, ReleaseAnswer] {
  const { orgId, attemptId } = request
  const name = inOrg(orgId, attemptId)
  const held = ledger.holds.get(name)
  if (!held) {
    return [{ ...ledger, holds: replaced(ledger.holds, [[name, { kind: 'released' }]]) }, { kind: 'marked' }]
  }
  if (held.kind === 'settled' || held.kind === 'released') return [ledger, { kind: 'skipped' }]
  const late = held.kind === 'orphaned'
  const { amount, nodes } = held
  return [
    {
      ...ledger,
      ...tokensCorrected(ledger, orgId, request.limits, held, 0),
      counters: charged(ledger, orgId, nodes, late ? { used: -amount, held: 0n } : { used: 0n, held: -amount }),
      holds: replaced(ledger.holds, [[name, { kind: late ? 'settled' : 'released' }]]),
      events: late
        ? [...ledger.events, { attemptId, kind: 'correction', amount: 0n, hold: amount, nodes }]
        : ledger.events,
    },
    { kind: late ? 'corrected' : 'released' },
  ]
}
