import type { NanoUsd } from '@tollkeeper/domain/price'
import type { LoggedAttempt, Replayed } from '@tollkeeper/domain/replay'
import { windowOf, type Instant } from '@tollkeeper/domain/time'

/** The first of the refused that are shown with their names. */
const mostShown = 20

type Day = { startMs: Instant; requests: number; refused: number; spent: NanoUsd; not: NanoUsd }
type Seen = { attempt: LoggedAttempt; reason: 'exceeded' | 'held'; cost: NanoUsd }

/**
 * Counts what a replay does to the requests of one limit: whole numbers, days, and the first that are refused, however
 * many there are.
 */
export function makeTally(of: { zone: string; from: Instant; to: Instant; limit: string; isAbout: About }) {
  const days = daysOf(of)
  const people = new Set<string>()
  const first: Seen[] = []
  const sums = { requests: 0, refused: 0, clamped: 0, refusedByOthers: 0, letIn: 0, spent: 0n, wouldSpend: 0n }
  let at = 0

  return {
    first,
    add(attempt: LoggedAttempt, fate: Replayed) {
      if (!of.isAbout(attempt.scopes)) return
      while (at + 1 < days.length && attempt.heldAt >= (days[at + 1]?.startMs ?? Number.POSITIVE_INFINITY)) at += 1
      const day = days[at]
      if (!day) return
      const cost = attempt.settled?.cost ?? 0n
      sums.requests += 1
      day.requests += 1
      sums.spent += cost
      if (fate.kind === 'admitted') {
        sums.wouldSpend += fate.cost
        day.spent += fate.cost
        if (fate.clampedTo !== null) sums.clamped += 1
        if (attempt.settled === null) sums.letIn += 1
        return
      }
      // It was refused then as well: nothing changes for it.
      if (attempt.settled === null) return
      day.not += cost
      if (fate.node.budget.id !== of.limit) {
        sums.refusedByOthers += 1
        return
      }
      sums.refused += 1
      day.refused += 1
      people.add(attempt.scopes.userId ?? attempt.scopes.keyId)
      if (first.length < mostShown) first.push({ attempt, reason: fate.reason, cost })
    },
    result: () => ({
      ...sums,
      spent: String(sums.spent),
      wouldSpend: String(sums.wouldSpend),
      people: people.size,
      days: days.map((day) => ({ ...day, spent: String(day.spent), not: String(day.not) })),
    }),
  }
}

/** Whether a limit is about a request with these scopes. */
export type About = (scopes: LoggedAttempt['scopes']) => boolean

function daysOf({ zone, from, to }: { zone: string; from: Instant; to: Instant }): Day[] {
  const days: Day[] = []
  for (let at = from; at < to;) {
    const { startMs, endMs } = windowOf('day', zone, at)
    days.push({ startMs, requests: 0, refused: 0, spent: 0n, not: 0n })
    at = endMs
  }
  return days
}
