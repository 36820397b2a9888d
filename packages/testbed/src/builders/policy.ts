import { randomBytes } from 'node:crypto'
import type { Budget } from '@tollkeeper/domain/budget'
import { newId } from '@tollkeeper/domain/id'
import type { OrgPolicy, PolicyModel, PolicyProvider } from '@tollkeeper/domain/policy'
import { parseUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'

type Price = NonNullable<PolicyModel['price']>
type Named = Scope & { name?: string }

const named = ({ kind, id, name }: Named) => ({ kind, id, name: name ?? `${kind} ${id}` })

/** A price in USD per million tokens, as price lists write it: `perMillion('0.15', '0.60')`. */
export function perMillion(input: string, output: string, cachedInput?: string): Price {
  const rates = { inputUncached: pico(input), outputText: pico(output) }
  const cached = cachedInput === undefined ? {} : { inputCacheRead: pico(cachedInput) }
  return { version: `test:${input}/${output}`, rates: { ...rates, ...cached }, tiers: [] }
}

/** The same with what it costs to write into the provider's cache, for 5 minutes and for an hour. */
function withCacheWrites(price: Price, fiveMinutes: string, hour: string): Price {
  const writes = { inputCacheWrite5m: pico(fiveMinutes), inputCacheWrite1h: pico(hour) }
  return { ...price, rates: { ...price.rates, ...writes } }
}

// One USD per million tokens is one micro-USD, which is 10⁶ pico-USD, per token.
function pico(usd: string): bigint {
  const nano = parseUsd(usd)
  if (nano === undefined) throw new Error(`Not an amount: ${usd}`)
  return nano / 1_000n
}

/** A budget of 10 USD a month that refuses, unless told otherwise. */
export function aBudget(
  scope: Named,
  limit = '10',
  change: Partial<Pick<Budget, 'id' | 'period' | 'mode' | 'sharing' | 'version' | 'opening'>> = {},
): Budget {
  const nano = parseUsd(limit)
  if (nano === undefined) throw new Error(`Not an amount: ${limit}`)
  return {
    id: newId('budget', randomBytes),
    scope: named(scope),
    period: 'month',
    limit: nano,
    mode: 'hard',
    sharing: 'pool',
    version: 1,
    opening: null,
    ...change,
  }
}

type RateLimit = OrgPolicy['rateLimits'][number]

/** No limits but those that are named. */
export function aLimit(scope: Named, limits: Partial<Omit<RateLimit, 'scope'>>): RateLimit {
  return {
    scope: named(scope),
    requestsPerMinute: null,
    requestsPerHour: null,
    tokensPerMinute: null,
    tokensPerHour: null,
    bucket: null,
    concurrency: null,
    ...limits,
  }
}

/** A simulated provider at `url` (its origin), which needs no credential. */
export function aProvider(url: string, change: Partial<PolicyProvider> = {}): PolicyProvider {
  return {
    id: newId('provider', randomBytes),
    kind: 'simulator',
    name: 'Simulated',
    baseUrl: `${url}/v1`,
    sealedCredential: null,
    ...change,
  }
}

/** The prices of the list that the simulator bills by. */
const prices: Readonly<Record<string, Price>> = {
  'gpt-4o-mini': perMillion('0.15', '0.6', '0.075'),
  'gpt-4o': perMillion('2.5', '10', '1.25'),
  'claude-haiku-4-5': withCacheWrites(perMillion('1', '5', '0.1'), '1.25', '2'),
}

/** Tokens of one image, as OpenAI states them. */
const imageTokens: Readonly<Record<string, PolicyModel['imageTokens']>> = {
  'gpt-4o-mini': { low: 2_833, most: 48_169 },
  'gpt-4o': { low: 85, most: 1_445 },
  'claude-haiku-4-5': { low: 1_600, most: 1_600 },
}

/** A model of a provider, under its own name. */
export function aModel(provider: PolicyProvider, name = 'gpt-4o-mini', change: Partial<PolicyModel> = {}): PolicyModel {
  return {
    name,
    providerId: provider.id,
    upstreamName: name,
    price: prices[name] ?? null,
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    encoding: 'o200k_base',
    imageTokens: imageTokens[name] ?? null,
    ceiling: null,
    createdAtMs: Date.UTC(2024, 6, 18),
    ...change,
  }
}

/** An organisation with one simulated provider at `url` and its models, and nothing that limits it. */
export function aPolicy(
  url: string,
  change: Partial<Omit<OrgPolicy, 'settings'>> & { settings?: Partial<OrgPolicy['settings']> } = {},
): OrgPolicy {
  const providers = change.providers ?? [aProvider(url)]
  const [provider] = providers
  return {
    version: 1,
    orgId: newId('org', randomBytes),
    slug: 'acme',
    name: 'Acme',
    timeZone: 'UTC',
    suspended: false,
    budgets: [],
    rateLimits: [],
    models: provider ? ['gpt-4o-mini', 'gpt-4o', 'sim-unpriced'].map((name) => aModel(provider, name)) : [],
    fallbacks: [],
    ...change,
    providers,
    settings: {
      moneyRefusalStatus: 402,
      showAmounts: true,
      defaultMaxOutputTokens: 4_096,
      storeOutage: 'closed',
      // Tests send the same request many times and count calls.
      joinInFlight: false,
      consoleUrl: null,
      ...change.settings,
    },
  }
}
