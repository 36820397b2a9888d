import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { defineJob } from '../job.ts'

export type Drift = { node: string; counterNano: NanoUsd; ledgerNano: NanoUsd }

export type VerifyPorts = {
  organisations: () => Promise<readonly OrgId[]>
  /** What the counters in today's windows should say: opening + Σ ledger rows, by counter. */
  ledger: (orgId: OrgId) => Promise<ReadonlyMap<string, NanoUsd>>
  /** `used` of the counters that exist. */
  counters: (orgId: OrgId, nodeIds: readonly string[]) => Promise<ReadonlyMap<string, NanoUsd>>
  /** Resolves when everything that was on the organisation's usage stream is in the ledger; false if that takes long. */
  drained: (orgId: OrgId) => Promise<boolean>
  /** How many hourly sums differ from ledger and requests. */
  rollupDrift: (orgId: OrgId) => Promise<number>
  save: (orgId: OrgId, checked: number, drift: readonly Drift[]) => Promise<void>
  /** Says it aloud: log and gauges. Called for every organisation, with nothing when all agrees. */
  report: (orgId: OrgId, found: { drift: readonly Drift[]; rollups: number }) => void
}

/** How often a counter that moves while it is compared is looked at again before it is left for the next run. */
const tries = 5

/**
 * Compares every counter with the ledger, and the roll-ups with the rows they sum. A counter that traffic moves is
 * judged only when it stood still around the look at the ledger. Reports; never overwrites (money.md 4.6).
 */
export const verifyLedger = defineJob<VerifyPorts>({
  name: 'verify-ledger',
  run: async (ports) => {
    let checked = 0
    let drifting = 0
    for (const orgId of await ports.organisations()) {
      const { agreed, drift } = await compare(ports, orgId)
      await ports.save(orgId, agreed + drift.length, drift)
      ports.report(orgId, { drift, rollups: await ports.rollupDrift(orgId) })
      checked += agreed + drift.length
      drifting += drift.length
    }
    return { checked, drifting }
  },
})

async function compare(ports: VerifyPorts, orgId: OrgId): Promise<{ agreed: number; drift: Drift[] }> {
  let only: ReadonlySet<string> | undefined
  let agreed = 0
  const drift: Drift[] = []
  for (let i = 0; i < tries && only?.size !== 0; i += 1) {
    const names = [...(await ports.ledger(orgId)).keys()].filter((node) => only?.has(node) ?? true)
    const before = await ports.counters(orgId, names)
    if (!(await ports.drained(orgId))) break
    const ledger = await ports.ledger(orgId)
    const after = await ports.counters(orgId, names)
    const moving = new Set<string>()
    for (const node of names) {
      const counterNano = after.get(node)
      const ledgerNano = ledger.get(node) ?? 0n
      if (before.get(node) !== counterNano) moving.add(node)
      // A counter is made by its first hold, so before that there is nothing to compare.
      else if (counterNano === undefined || counterNano === ledgerNano) agreed += 1
      else drift.push({ node, counterNano, ledgerNano })
    }
    only = moving
  }
  return { agreed, drift }
}
