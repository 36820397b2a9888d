import type { AttemptId, OrgId } from '../id/index.ts'
import type { Instant } from '../time/index.ts'
import { charged, inOrg, replaced, type Ledger } from './ledger.ts'

/** Moves the leases of holds that are still dispatched to `at + leaseMs`. */
export function renew(
  ledger: Ledger,
  { orgId, attemptIds, leaseMs }: { orgId: OrgId; attemptIds: readonly AttemptId[]; leaseMs: number },
  at: Instant,
): Ledger {
  const renewed = attemptIds.flatMap((attemptId) => {
    const name = inOrg(orgId, attemptId)
    const held = ledger.holds.get(name)
    return held?.kind === 'dispatched' ? [[name, { ...held, leaseEndsMs: at + leaseMs }] as const] : []
  })
  return { ...ledger, holds: replaced(ledger.holds, renewed) }
}

/**
 * Charges, provisionally and whole, every hold whose lease ended `graceMs` ago or earlier: its owner is gone, and the
 * money may have been spent. Gives how many.
 */
export function sweep(ledger: Ledger, { graceMs }: { graceMs: number }, at: Instant): [Ledger, number] {
  let swept = ledger
  let count = 0
  for (const [name, held] of ledger.holds) {
    if (held.kind !== 'dispatched' || held.leaseEndsMs > at - graceMs) continue
    const [orgId, attemptId] = name.split('/') as [OrgId, AttemptId]
    const { leaseEndsMs: _, kind: __, ...taken } = held
    const { amount, nodes } = taken
    swept = {
      ...swept,
      counters: charged(swept, orgId, nodes, { used: amount, held: -amount }),
      holds: replaced(swept.holds, [[name, { kind: 'orphaned', ...taken }]]),
      events: [...swept.events, { attemptId, kind: 'provisional', amount, hold: amount, nodes }],
    }
    count += 1
  }
  return [swept, count]
}
