import { defineJob } from '../job.ts'

export type Backlog = { entries: number; oldestMs: number | null }

type Ports = {
  /** What waits on the usage streams of all shards. */
  lag: () => Promise<Backlog>
  /** The policy by which the store throws data away when it is full; null where it does not. */
  evicts: () => Promise<string | null>
  /** From so many entries, or such an age of the oldest, on recording is behind. */
  bounds: { entries: number; oldestMs: number }
  /** Says it aloud: gauges, and the log when one of them has changed. */
  report: (seen: Backlog & { behind: boolean; evicts: string | null }) => void
}

/**
 * Looks whether usage is recorded as fast as it is made, and whether the store could throw any of it away. Nothing is lost
 * by a backlog; charts and the ledger are late, and the store fills up.
 */
export const watchStreams = defineJob<Ports>({
  name: 'watch-streams',
  run: async ({ lag, evicts, bounds, report }) => {
    const backlog = await lag()
    const behind = backlog.entries >= bounds.entries || (backlog.oldestMs ?? 0) > bounds.oldestMs
    report({ ...backlog, behind, evicts: await evicts() })
    return { behind: behind ? 1 : 0 }
  },
})
