import type { NanoUsd } from '../price/index.ts'
import { charged, inOrg, replaced, type AttemptRef, type Ledger } from './ledger.ts'

export type ShrinkAnswer = { kind: 'shrunk' | 'skipped' | 'more-than-held' }

/** Makes a hold smaller, once its upper bound is known to be lower. */
export function shrink(
  ledger: Ledger,
  { orgId, attemptId, amount }: Pick<AttemptRef, 'orgId' | 'attemptId'> & { amount: NanoUsd },
): [Ledger, ShrinkAnswer] {
  const name = inOrg(orgId, attemptId)
  const held = ledger.holds.get(name)
  if (held?.kind !== 'dispatched') return [ledger, { kind: 'skipped' }]
  if (amount > held.amount) return [ledger, { kind: 'more-than-held' }]
  return [
    {
      ...ledger,
      counters: charged(ledger, orgId, held.nodes, { used: 0n, held: amount - held.amount }),
      holds: replaced(ledger.holds, [[name, { ...held, amount }]]),
    },
    { kind: 'shrunk' },
  ]
}
