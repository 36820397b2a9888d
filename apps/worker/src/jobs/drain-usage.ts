import type { UsageEntry } from '@tollkeeper/redis/usage-stream'
import { defineJob } from '../job.ts'

type Ports = {
  /** Entries that another consumer read and did not finish in time. */
  claimStale: () => Promise<readonly UsageEntry[]>
  /** New entries. */
  read: () => Promise<readonly UsageEntry[]>
  /** One transaction: ledger, requests, roll-ups. What is there already changes nothing. */
  record: (entries: readonly UsageEntry[]) => Promise<{ ledgerRows: number; requests: number; unreadable: number }>
  /** Takes recorded entries off their streams. */
  done: (entries: readonly UsageEntry[]) => Promise<void>
}

/** Rounds per run, so that one run ends even while the backlog grows. */
const rounds = 500
/** Entries per transaction (money.md 4.6). */
const batch = 500

/**
 * Moves usage from the streams into the ledger, exactly once in effect: an entry leaves its stream only after the
 * transaction that holds its rows has committed, and rows are keyed by event id.
 */
export const drainUsage = defineJob<Ports>({
  name: 'drain-usage',
  run: async ({ claimStale, read, record, done }) => {
    const sum = { ledgerRows: 0, requests: 0, unreadable: 0 }
    let entries = await claimStale()
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0 || entries.length === 0) entries = await read()
      if (entries.length === 0) break
      for (let from = 0; from < entries.length; from += batch) {
        const some = entries.slice(from, from + batch)
        const report = await record(some)
        await done(some)
        sum.ledgerRows += report.ledgerRows
        sum.requests += report.requests
        sum.unreadable += report.unreadable
      }
    }
    return sum
  },
})
