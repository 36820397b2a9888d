import type { UsageEntry } from '@tollkeeper/redis/usage-stream'
import { defineJob } from '../job.ts'

type Ports = {
  /** Entries that another consumer read and did not finish within the idle time, then new ones; at most `count`. */
  claimStale: (count: number) => Promise<UsageEntry[]>
  read: (count: number) => Promise<UsageEntry[]>
  /** One transaction: ledger, roll-ups, requests. Rows that are there already change nothing. */
  record: (entries: readonly UsageEntry[]) => Promise<{ recorded: number; unreadable: number }>
  /** Takes recorded entries off the stream. */
  done: (entries: readonly UsageEntry[]) => Promise<void>
}

/** Entries per transaction (money.md 4.6). */
const batch = 500
/** Batches per run, so that one run ends even while the backlog grows. */
const batches = 200

/**
 * Moves usage from the streams into the ledger, exactly once in effect: an entry leaves the stream only after the
 * transaction that holds its rows has committed, and rows are keyed by event id.
 */
export const drainUsage = defineJob<Ports>({
  name: 'drain-usage',
  run: async ({ claimStale, read, record, done }) => {
    let recorded = 0
    let unreadable = 0
    for (let i = 0; i < batches; i += 1) {
      const stale = i === 0 ? await claimStale(batch) : []
      const entries = stale.length > 0 ? stale : await read(batch)
      if (entries.length === 0) break
      const report = await record(entries)
      await done(entries)
      recorded += report.recorded
      unreadable += report.unreadable
    }
    return { recorded, unreadable }
  },
})
