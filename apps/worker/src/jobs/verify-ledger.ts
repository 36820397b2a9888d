import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { defineJob } from '../job.ts'

export type Drift = { node: string; counterNano: string; ledgerNano: string }

type Ports = {
  organisations: () => Promise<readonly OrgId[]>
  /** Ids of the organisation's counters in windows that are open now, with what each began with. */
  nodes: (orgId: OrgId) => Promise<ReadonlyMap<string, NanoUsd>>
  /** `used` of the counters that exist. */
  counters: (orgId: OrgId, nodeIds: readonly string[]) => Promise<ReadonlyMap<string, NanoUsd>>
  /** Waits until everything that was on the usage stream is in the ledger. */
  drained: () => Promise<void>
  /** Sum of the ledger rows that name each counter. */
  ledgerSums: (orgId: OrgId, nodeIds: readonly string[]) => Promise<ReadonlyMap<string, NanoUsd>>
  save: (orgId: OrgId, checked: number, drift: readonly Drift[]) => Promise<void>
  reportDrift: (orgId: OrgId, drift: readonly Drift[]) => void
}

/** How often a counter that moves while it is compared is looked at again before it is left for the next run. */
const tries = 5

/**
 * Compares every open counter with the ledger: used = opening + Σ ledger rows. A counter that traffic moves is judged
 * only when it stood still around the look at the ledger. Reports; never overwrites (money.md 4.6).
 */
export const verifyLedger = defineJob<Ports>({
  name: 'verify-ledger',
  run: async (ports) => {
    let checked = 0
    let drifting = 0
    for (const orgId of await ports.organisations()) {
      const openings = await ports.nodes(orgId)
      const { agreed, drift } = await compare(ports, orgId, openings)
      await ports.save(orgId, agreed + drift.length, drift)
      if (drift.length > 0) ports.reportDrift(orgId, drift)
      checked += agreed + drift.length
      drifting += drift.length
    }
    return { checked, drifting }
  },
})

async function compare(
  ports: Ports,
  orgId: OrgId,
  openings: ReadonlyMap<string, NanoUsd>,
): Promise<{ agreed: number; drift: Drift[] }> {
  let open = [...openings.keys()]
  let agreed = 0
  const drift: Drift[] = []
  for (let i = 0; i < tries && open.length > 0; i += 1) {
    const before = await ports.counters(orgId, open)
    await ports.drained()
    const sums = await ports.ledgerSums(orgId, open)
    const after = await ports.counters(orgId, open)
    const moving: string[] = []
    for (const node of open) {
      const used = after.get(node)
      const expected = (openings.get(node) ?? 0n) + (sums.get(node) ?? 0n)
      if (before.get(node) !== used) moving.push(node)
      // A counter exists from its first hold on; without one there is nothing to compare unless the ledger has rows.
      else if (used === undefined && !sums.has(node)) continue
      else if (used === expected) agreed += 1
      else drift.push({ node, counterNano: String(used ?? 'missing'), ledgerNano: String(expected) })
    }
    open = moving
  }
  return { agreed, drift }
}
