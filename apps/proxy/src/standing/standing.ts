import { nodesOf, type Budget, type BudgetNode } from '@tollkeeper/domain/budget'
import { allowsModel, type KeyRecord } from '@tollkeeper/domain/policy'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { RateLimit } from '@tollkeeper/domain/rate'
import { chainOf, scopeText } from '@tollkeeper/domain/scope'
import type { Instant } from '@tollkeeper/domain/time'
import type { OrgIndex } from './org-index.ts'

/** Everything the walk needs to know about one key, resolved once per change of its record or policy. */
export type Standing = {
  record: KeyRecord
  org: OrgIndex
  /** Limits of the chain, widest scope first. */
  rates: readonly RateLimit[]
  /** Those that a request for a model must pass: of the chain, then of its provider. The same list for the same model. */
  limitsFor(model: string): ModelLimits
  /** Whether any limit on running streams, or whole answers, is set. */
  limitsRunning: Readonly<Record<'streams' | 'whole', boolean>>
  hasHardBudget: boolean
  /** Budget counters at an instant. The same list as long as no window, and no raise, begins or ends. */
  nodesAt(at: Instant): readonly BudgetNode[]
  /**
   * Smallest amount left on the hard budgets after this key's latest hold; undefined before the first one, null
   * without hard budgets.
   */
  headroom: NanoUsd | null | undefined
  /** SHA-256 of a text that was found to be this key; checking it again costs a tenth of the keyed hash. */
  proven: Buffer | undefined
}

/** `requests`: whether any limit on requests is set, so that a chain without one costs no round trip. */
export type ModelLimits = { rates: readonly RateLimit[]; requests: boolean }

const limitsOf = (rates: readonly RateLimit[]): ModelLimits => ({
  rates,
  requests: rates.some((rate) => rate.requestsPerMinute !== null || rate.requestsPerHour !== null),
})

/** Resolves a key's record against its organisation's policy. */
export function standingOf(record: KeyRecord, org: OrgIndex): Standing {
  const chain = chainOf(record.scopes).map(scopeText)
  const budgets: Budget[] = chain.flatMap((scope) => org.budgetsByScope.get(scope) ?? [])
  const rates = chain.flatMap((scope) => org.rateByScope.get(scope) ?? [])
  const ofChain = limitsOf(rates)
  const withProvider = new Map<RateLimit, ModelLimits>()
  const calendar = (at: Instant) => ({ zone: org.policy.timeZone, at })

  let nodes: readonly BudgetNode[] = []
  // Windows are found with Intl, which is slow: once per window, not per request.
  let from = Number.POSITIVE_INFINITY
  let until = Number.NEGATIVE_INFINITY
  const nodesAt = (at: Instant): readonly BudgetNode[] => {
    if (at >= from && at < until) return nodes
    nodes = nodesOf(org.budgetsByScope, record.scopes, calendar(at))
    from = Math.max(...nodes.map(({ window, inForce }) => inForce?.fromMs ?? window.startMs))
    until = Math.min(...nodes.map(({ window, inForce }) => inForce?.untilMs ?? window.endMs))
    return nodes
  }
  return {
    record,
    org,
    rates,
    limitsFor(model) {
      const provider = org.providerLimitByModel.get(model)
      if (!provider) return ofChain
      let limits = withProvider.get(provider)
      if (!limits) {
        // A key that may not use the model must not use up what others may.
        limits = allowsModel(record.allowedModels, model) ? limitsOf([...rates, provider]) : ofChain
        withProvider.set(provider, limits)
      }
      return limits
    },
    limitsRunning: {
      streams: rates.some((rate) => (rate.concurrency?.streams ?? null) !== null),
      whole: rates.some((rate) => (rate.concurrency?.whole ?? null) !== null),
    },
    hasHardBudget: budgets.some((budget) => budget.mode === 'hard'),
    nodesAt,
    headroom: undefined,
    proven: undefined,
  }
}
