import { charged, inOrg, replaced, type AttemptRef, type Ledger } from './ledger.ts'

export type SurrenderAnswer = { kind: 'surrendered' | 'noted' | 'closed' | 'gone' }

/** Charges a hold provisionally and whole because its owner cannot know what its attempt cost. */
export function surrender(
  ledger: Ledger,
  { orgId, attemptId }: Pick<AttemptRef, 'orgId' | 'attemptId'>,
): [Ledger, SurrenderAnswer] {
  const name = inOrg(orgId, attemptId)
  const held = ledger.holds.get(name)
  if (!held) return [ledger, { kind: 'gone' }]
  if (held.kind === 'orphaned') return [ledger, { kind: 'noted' }]
  if (held.kind !== 'dispatched') return [ledger, { kind: 'closed' }]
  const { leaseEndsMs: _, kind: __, ...taken } = held
  const { amount, nodes } = taken
  return [
    {
      ...ledger,
      counters: charged(ledger, orgId, nodes, { used: amount, held: -amount }),
      holds: replaced(ledger.holds, [[name, { kind: 'orphaned', ...taken }]]),
      events: [...ledger.events, { attemptId, kind: 'provisional', amount, hold: amount, nodes }],
    },
    { kind: 'surrendered' },
  ]
}
