import type { BrokenChain, Drift, Finding } from '@tollkeeper/db/verification'
import type { OrgId } from '@tollkeeper/domain/id'
import { usdText } from '@tollkeeper/domain/price'
import { compareCounters } from './counters.ts'
import type { VerificationPorts } from './ports.ts'

export type Verified = {
  /** Counters that were judged. */
  checked: number
  drift: Drift[]
  findings: Finding[]
  /** Charges that were computed anew, and those whose price this database does not know. */
  amounts: { checked: number; unknown: number }
}

/** A lease is renewed within seconds and swept soon after it ends: one that ended this long ago is stuck. */
const stuckMs = 120_000

const why: Record<BrokenChain['why'], string> = {
  changed: 'the row or one before it was changed',
  'row-missing': 'there is no such row',
  'end-missing': 'the end of the chain is gone',
  'end-differs': 'the end of the chain is another',
}

/**
 * Everything that must agree, for one organisation: chains, counters, roll-ups, holds, requests and prices. `since` leaves
 * older rows out where every row would have to be read; all else is whole. Reads only.
 */
export async function verifyOrganisation(ports: VerificationPorts, orgId: OrgId, since?: Date): Promise<Verified> {
  const compared = await compareCounters(ports, orgId)
  const words = await ports.words(orgId, compared.nodes)
  const nameOf = (node: string) => words.get(node) ?? node
  const findings: Finding[] = []
  const add = (check: Finding['check'], where: string, expected: string, found: string) =>
    findings.push({ check, where, expected, found })

  for (const { node, counterNano, ledgerNano } of compared.drift) {
    add('counter', nameOf(node), `$${usdText(ledgerNano)} in the ledger`, `$${usdText(counterNano)} on the counter`)
  }
  for (const { node, heldNano, holdsNano } of compared.held) {
    add('hold', nameOf(node), `$${usdText(holdsNano)} in open holds`, `$${usdText(heldNano)} held on the counter`)
  }
  for (const { attemptId, amount, overdueMs } of compared.holds.filter((hold) => hold.overdueMs > stuckMs)) {
    const minutes = Math.floor(overdueMs / 60_000)
    add('hold', `attempt ${attemptId}`, 'settled or swept', `$${usdText(amount)} held ${minutes} min past its lease`)
  }
  for (const { day, position, eventId, why: reason } of await ports.brokenChains(orgId, dayOf(since))) {
    add('chain', `row ${position} of ${day}${eventId ? `, ${eventId}` : ''}`, 'a row that follows', why[reason])
  }
  const loose = await ports.unchainedRows(orgId)
  if (loose.count > 0) add('chain', `rows from ${loose.first ?? '?'} on`, 'in a chain', `${loose.count} in none`)
  const rollups = await ports.rollupDrift(orgId)
  if (rollups > 0) add('roll-up', 'hourly sums', 'the sums of their rows', `${rollups} that differ`)
  for (const { requestId, attempts, inLedger } of await ports.oddRequests(orgId, since)) {
    add('request', `request ${requestId}`, `${attempts} attempts`, `${inLedger} in the ledger`)
  }
  const { wrong, ...amounts } = await ports.wrongAmounts(orgId, since)
  for (const { eventId, expected, found } of wrong) {
    add('price', `row ${eventId}`, `$${usdText(expected)} for its tokens`, `$${usdText(found)} charged`)
  }
  return { checked: compared.checked, drift: compared.drift, findings, amounts }
}

const dayOf = (since: Date | undefined): string | undefined => since?.toISOString().slice(0, 10)
