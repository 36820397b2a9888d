import type { AttemptId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { LostAttempt } from './lost-attempts.ts'
import type { JournalRecord, ResultRecord } from './record.ts'

/** What the journal of a process that is gone says of one attempt. */
export type LeftAttempt = LostAttempt & {
  /** What it cost at least. */
  least: NanoUsd
  /** The hold that paid for it, where it had none of its own. */
  sliceId: AttemptId | null
}

/** Sums records up by attempt, in the order in which the attempts were sent. */
export function leftAttempts(records: readonly JournalRecord[]): LeftAttempt[] {
  const attempts = new Map<AttemptId, LeftAttempt>()
  for (const record of records) {
    if (record.t === 'progress') {
      const there = attempts.get(record.attemptId)
      if (there && record.least > there.least) there.least = record.least
      continue
    }
    const { orgId, attemptId, hold, nodes, meta } = record
    const there = attempts.get(attemptId) ?? {
      orgId,
      attemptId,
      hold,
      nodes,
      meta,
      end: null,
      least: 0n,
      sliceId: null,
    }
    attempts.set(attemptId, record.t === 'sent' ? there : { ...there, end: endOf(record), sliceId: record.sliceId })
  }
  return [...attempts.values()]
}

const endOf = ({ amount, result, request }: ResultRecord): LostAttempt['end'] => ({ amount, result, request })
