import type { OrgId } from '@tollkeeper/domain/id'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import type { LearnedLimits } from '@tollkeeper/domain/provider-limit'
import { defineJob } from '../job.ts'

export type SyncLimitsPorts = {
  organisations: () => Promise<readonly OrgId[]>
  /** Enabled providers, as a proxy calls them. */
  providers: (orgId: OrgId) => Promise<readonly PolicyProvider[]>
  /** What proxies learned from live traffic. */
  learned: (orgId: OrgId) => Promise<readonly LearnedLimits[]>
  /** Has a proxy ask providers, without a paid call; null where no proxy's address is known. */
  ask: ((orgId: OrgId, providers: readonly PolicyProvider[]) => Promise<readonly LearnedLimits[]>) | null
  /** Stores what is newer than what is known; gives how many ceilings changed. */
  record: (orgId: OrgId, learned: readonly LearnedLimits[]) => Promise<number>
  now: () => number
}

/** A provider of which nothing was heard for this long is asked. */
const quietMs = 300_000

/**
 * Brings the limits that proxies learned into Postgres, and with that into policies. Providers without traffic are asked
 * for their models; one that cannot be asked is left for the next run.
 */
export const syncProviderLimits = defineJob<SyncLimitsPorts>({
  name: 'sync-provider-limits',
  run: async (ports) => {
    const report = { learned: 0, changed: 0, unasked: 0 }
    for (const orgId of await ports.organisations()) {
      const providers = await ports.providers(orgId)
      if (providers.length === 0) continue
      const learned = await ports.learned(orgId)
      const heardSince = ports.now() - quietMs
      const heard = new Set(learned.filter((one) => one.limits.seenAtMs > heardSince).map((one) => one.providerId))
      const quiet = providers.filter((provider) => !heard.has(provider.id))
      let asked: readonly LearnedLimits[] = []
      if (ports.ask && quiet.length > 0) {
        try {
          asked = await ports.ask(orgId, quiet)
        } catch {
          report.unasked += quiet.length
        }
      }
      const all = [...learned, ...asked]
      report.learned += all.length
      report.changed += await ports.record(orgId, all)
    }
    return report
  },
})
