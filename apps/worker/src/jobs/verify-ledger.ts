import type { OrgId } from '@tollkeeper/domain/id'
import { defineJob } from '../job.ts'
import type { Verified } from '../verification/verify-organisation.ts'

export type VerifyPorts = {
  organisations: () => Promise<readonly OrgId[]>
  verify: (orgId: OrgId) => Promise<Verified>
  save: (orgId: OrgId, found: Verified) => Promise<void>
  /** Says it aloud: log and gauges. Called for every organisation, with nothing when all agrees. */
  report: (orgId: OrgId, found: Verified) => void
  /** Entries of the streams that had to be put aside, ever. */
  putAside: () => Promise<number>
}

/** Verifies every organisation, and keeps and reports what differs; never overwrites (money.md 4.6). */
export const verifyLedger = defineJob<VerifyPorts>({
  name: 'verify-ledger',
  run: async (ports) => {
    let checked = 0
    let differing = 0
    for (const orgId of await ports.organisations()) {
      const found = await ports.verify(orgId)
      await ports.save(orgId, found)
      ports.report(orgId, found)
      checked += found.checked
      differing += found.findings.length
    }
    await ports.putAside()
    return { checked, differing }
  },
})
