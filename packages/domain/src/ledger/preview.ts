import type { Instant } from '../time/index.ts'
import { hold, upToDate, type HoldAnswer, type HoldRequest } from './hold.ts'
import { inOrg, type Counter, type Ledger } from './ledger.ts'
import { tokenWaitMs } from './tokens.ts'

/** What a hold would be answered, and what it would find. Empty lists where it would not look. */
export type PreviewAnswer = {
  answer: HoldAnswer
  counters: readonly Counter[]
  /** Per limit on tokens, ms until they fit; null: never. */
  waits: readonly (number | null)[]
}

/** Asks without taking anything. For attempts that have no hold yet. */
export function preview(ledger: Ledger, request: HoldRequest, at: Instant): PreviewAnswer {
  const [, answer] = hold(ledger, request, at)
  const blind = answer.kind === 'fenced' || answer.kind === 'window' || answer.kind === 'missing'
  if (blind) return { answer, counters: [], waits: [] }
  const { orgId, nodes, limits, tokens } = request
  return {
    answer,
    counters: nodes.map((node) => upToDate(ledger.counters.get(inOrg(orgId, node.id)), node)),
    waits: limits.map((limit) => tokenWaitMs(ledger, orgId, limit, tokens, at)),
  }
}
