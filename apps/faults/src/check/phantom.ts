import type { NanoUsd } from '@tollkeeper/domain/price'
import type { ClientCall } from '../load/history.ts'
import { finding, type CounterAtEnd, type Evidence, type Finding } from './evidence.ts'
import { byAttempt } from './records.ts'

/** What one attempt weighed on its counters: its hold until its last row was written, its cost for ever after. */
type Weight = { orgId: string; nodes: readonly string[]; fromMs: number; untilMs: number; hold: NanoUsd; cost: NanoUsd }

/**
 * Refusals that no order of the other requests explains (I12). Every refusal is replayed against the ledger: had every
 * attempt that could have begun by then weighed as much as it ever could, would the request still have fitted? A hold
 * weighs until its last row is there, so the time in which a lease runs out is inside of it; a request without any row
 * (given back, or never known) weighs as much as the one that was refused for as long as its lease could live.
 */
export function phantomRefusals(evidence: Evidence): Finding {
  const { history, counters, leaseWindowMs } = evidence
  const weights = weightsOf(evidence)
  const rowless = rowlessOf(evidence)
  return finding(
    'phantom refusals',
    history.flatMap((call) => {
      const { refusal } = call
      if (refusal === null) return []
      const told = `request ${call.requestId} (${call.reason}, asks ${refusal.ask} of ${refusal.limit})`
      if (refusal.spent + refusal.held + refusal.ask <= refusal.limit) return [`${told}: it fits by its own numbers`]
      const windows = counters.filter((each) => isOf(each, call))
      if (windows.length === 0) return refusal.ask > refusal.limit ? [] : [`${told}: by a budget that nobody knows`]
      const unknown = rowless.filter(
        (other) => other !== call && other.orgId === call.orgId && overlap(other, call, leaseWindowMs),
      )
      const most = Math.max(...windows.map(({ node }) => Number(heaviest(weights, node, call))))
      const inUse = BigInt(most) + refusal.ask * BigInt(unknown.length)
      return inUse + refusal.ask > refusal.limit ? [] : [`${told}: at most ${inUse} was in use`]
    }),
  )
}

const isOf = (counter: CounterAtEnd, { orgId, refusal }: ClientCall): boolean =>
  counter.orgId === orgId && counter.scope === refusal?.scope && counter.scopeId === refusal.scopeId

function weightsOf({ ledger }: Evidence): Weight[] {
  return [...byAttempt(ledger).values()].flatMap((rows) => {
    const [first] = rows
    if (!first) return []
    const cost = rows.reduce((sum, row) => sum + row.amount, 0n)
    const hold = rows.reduce((most, row) => (row.hold > most ? row.hold : most), cost)
    const untilMs = Math.max(...rows.map((row) => row.recordedMs))
    // A proxy whose clock is ahead says that it held later than that was recorded.
    const fromMs = Math.min(first.atMs, untilMs)
    return [{ orgId: first.orgId, nodes: first.nodes, fromMs, untilMs, hold, cost }]
  })
}

/** Requests that may have held something of which no row tells. */
function rowlessOf({ history, ledger }: Evidence): ClientCall[] {
  const requests = new Set(ledger.map((row) => row.requestId))
  return history.filter(
    (call) => call.outcome !== 'ok' && call.refusal === null && !(call.requestId && requests.has(call.requestId)),
  )
}

/** The clocks of the stores and of the lab agree to within this. */
const slackMs = 250

const overlap = (other: ClientCall, call: ClientCall, leaseWindowMs: number): boolean =>
  other.sentMs <= (call.decidedMs ?? call.endMs) + slackMs && other.endMs + leaseWindowMs >= call.sentMs

function heaviest(weights: readonly Weight[], node: string, call: ClientCall): NanoUsd {
  const from = call.sentMs - slackMs
  const until = (call.decidedMs ?? call.endMs) + slackMs
  return weights
    .filter((weight) => weight.orgId === call.orgId && weight.fromMs <= until && weight.nodes.includes(node))
    .reduce((sum, { untilMs, hold, cost }) => sum + (untilMs < from ? cost : hold), 0n)
}
