import type { RatedAttempt, Rerating } from '@tollkeeper/db/reratings'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { defineJob } from '../job.ts'

type Reached = { at: Date; attemptId: string }
type Ports = {
  unfinished: () => Promise<readonly Rerating[]>
  /** Learns whether the organisation's shard is open. */
  refresh: (orgId: OrgId) => Promise<void>
  /** Records everything that is on the organisation's usage stream now. */
  drain: (orgId: OrgId) => Promise<void>
  /** The next attempts of a re-rating after those it has reached; undefined when there are none. */
  next: (rerating: Rerating) => Promise<{ attempts: readonly RatedAttempt[]; reached: Reached } | undefined>
  /** Moves counters and tells the ledger, once per attempt and re-rating. */
  adjust: (
    rerating: Rerating,
    attempt: RatedAttempt,
    amount: NanoUsd,
  ) => Promise<'adjusted' | 'duplicate' | 'fenced' | 'below'>
  /** A counter has less than what is to be taken from it: the attempt stays as it is, and somebody must look. */
  tellBelow: (orgId: OrgId, attemptId: AttemptId) => void
  noteReached: (rerating: Rerating, reached: Reached) => Promise<void>
  finish: (rerating: Rerating) => Promise<void>
}

/** Pages of one run: then the others have their turn, and the next run goes on. */
const pages = 20
/** Adjustments on their way to the store at a time. */
const abreast = 25

/**
 * Applies corrected prices to past usage. Each page begins with everything charged in the ledger, and ends with its
 * adjustments there; what it had reached is noted after that. So a page that was broken off is done again from the ledger,
 * where an attempt that has its adjustment differs by nothing, and one whose adjustment is on its way is known to the store.
 */
export const rerateUsage = defineJob<Ports>({
  name: 'rerate-usage',
  run: async (ports) => {
    const report = { adjusted: 0, below: 0, finished: 0 }
    for (const rerating of await ports.unfinished()) await goOn(ports, rerating, report)
    return report
  },
})

async function goOn(
  ports: Ports,
  rerating: Rerating,
  report: { adjusted: number; below: number; finished: number },
): Promise<void> {
  const { orgId } = rerating
  await ports.refresh(orgId)
  await ports.drain(orgId)
  let { reached } = rerating
  for (let page = 0; page < pages; page += 1) {
    const next = await ports.next({ ...rerating, reached })
    if (!next) {
      await ports.finish(rerating)
      report.finished += 1
      return
    }
    const due = next.attempts.filter(({ rightNano, chargedNano }) => rightNano !== null && rightNano !== chargedNano)
    for (let from = 0; from < due.length; from += abreast) {
      const replies = await Promise.all(
        due.slice(from, from + abreast).map(async (attempt) => {
          const reply = await ports.adjust(rerating, attempt, (attempt.rightNano ?? 0n) - attempt.chargedNano)
          if (reply === 'below') ports.tellBelow(orgId, attempt.attemptId)
          return reply
        }),
      )
      report.adjusted += replies.filter((reply) => reply === 'adjusted').length
      report.below += replies.filter((reply) => reply === 'below').length
      // The shard is closed: the page is done again when it is open.
      if (replies.includes('fenced')) return
    }
    await ports.drain(orgId)
    reached = next.reached
    await ports.noteReached(rerating, reached)
  }
}
