import type { Budget } from '@tollkeeper/domain/budget'
import type { OrgPolicy, PolicyModel, PolicyProvider } from '@tollkeeper/domain/policy'
import { worstCase, type Price } from '@tollkeeper/domain/price'
import type { RateLimit } from '@tollkeeper/domain/rate'
import { scopeText } from '@tollkeeper/domain/scope'

/** An organisation's policy with the look-ups that each request needs. */
export type OrgIndex = {
  policy: OrgPolicy
  budgetsByScope: ReadonlyMap<string, readonly Budget[]>
  rateByScope: ReadonlyMap<string, RateLimit>
  modelByName: ReadonlyMap<string, PolicyModel>
  /** Prices that bound at least what is read, by name of the model: enough for a request that has nothing written. */
  inputPriceByName: ReadonlyMap<string, Price>
  providerById: ReadonlyMap<string, PolicyProvider>
  /** What providers allow, by name of the model; for models without a ceiling nothing. */
  providerLimitByModel: ReadonlyMap<string, RateLimit>
  /** Names of models that stand in, by the name of the model. */
  standInsByModel: ReadonlyMap<string, readonly string[]>
  /** Price of the dearest model, for models without one under soft budgets; undefined when no model has a price. */
  ceiling: Price | undefined
}

/** Builds the look-ups once per policy. */
export function indexOrg(policy: OrgPolicy): OrgIndex {
  const budgetsByScope = new Map<string, Budget[]>()
  for (const budget of policy.budgets) {
    const scope = scopeText(budget.scope)
    const there = budgetsByScope.get(scope)
    if (there) there.push(budget)
    else budgetsByScope.set(scope, [budget])
  }
  return {
    policy,
    budgetsByScope,
    rateByScope: new Map(policy.rateLimits.map((rate) => [scopeText(rate.scope), rate])),
    modelByName: new Map(
      policy.models.map((model) => [model.name, isBounded(model) ? model : { ...model, price: null }]),
    ),
    inputPriceByName: new Map(
      policy.models.flatMap(({ name, price }) =>
        price && worstCase(onlyInput, price) !== undefined ? [[name, price]] : [],
      ),
    ),
    providerById: new Map(policy.providers.map((provider) => [provider.id, provider])),
    providerLimitByModel: new Map(
      policy.models.flatMap((model) => {
        const limit = providerLimitOf(model, policy.providers)
        return limit ? [[model.name, limit]] : []
      }),
    ),
    standInsByModel: new Map(policy.fallbacks.map(({ model, standIns }) => [model, standIns])),
    ceiling: ceilingOf(policy.models),
  }
}

function providerLimitOf(model: PolicyModel, providers: readonly PolicyProvider[]): RateLimit | undefined {
  const provider = providers.find((each) => each.id === model.providerId)
  if (!model.ceiling || !provider) return undefined
  // One limit for all names of a model. Names of models may hold anything, and ids are written with spaces between.
  const id = `${provider.id}:${encodeURIComponent(model.upstreamName)}`
  const scope = { kind: 'provider', id, name: provider.name } as const
  return { scope, ...model.ceiling, bucket: null, concurrency: null }
}

// A price that lacks a class every answer has bounds nothing.
const isBounded = ({ price }: PolicyModel): boolean => price === null || worstCase(sample, price) !== undefined

// An equal number of input and output tokens compares prices well enough: the ceiling is a safeguard, not a tariff.
const sample = { input: 1_000, output: 1_000 }
const onlyInput = { input: 1_000, output: 0 }

function ceilingOf(models: readonly PolicyModel[]): Price | undefined {
  let dearest: { price: Price; cost: bigint } | undefined
  for (const { price } of models) {
    const cost = price ? worstCase(sample, price) : undefined
    if (price && cost !== undefined && (!dearest || cost > dearest.cost)) dearest = { price, cost }
  }
  return dearest && { ...dearest.price, version: `ceiling:${dearest.price.version}` }
}
