import { randomBytes } from 'node:crypto'
import type { Budget } from '@tollkeeper/domain/budget'
import { sealCredential } from '@tollkeeper/domain/credential'
import { newId } from '@tollkeeper/domain/id'
import { hashKey, newKeyText, type Peppers } from '@tollkeeper/domain/key'
import type { KeyRecord, OrgPolicy, PolicyModel, PolicyProvider } from '@tollkeeper/domain/policy'
import { maxLimitNano } from '@tollkeeper/domain/price'
import { chainOf, type Scope, type ScopeIds } from '@tollkeeper/domain/scope'

/** One organisation as the console would publish it, with its keys; the texts are what callers send. */
export type Tenant = { readonly policy: OrgPolicy; readonly keys: readonly { record: KeyRecord; text: string }[] }

/** What every tenant has in common: where its requests go, and the secrets of the gateway that serves it. */
export type Surroundings = { readonly upstream: string; readonly peppers: Peppers; readonly sealingKey: string }

const id = <Kind extends Parameters<typeof newId>[0]>(kind: Kind) => newId(kind, randomBytes)

/**
 * An organisation in which everything is limited and nothing is ever refused: each of the six scopes of each key has a
 * hard monthly budget and windows of requests per minute and per hour; the organisation and the key also limit tokens.
 */
export function newTenant(keyCount: number, around: Surroundings): Tenant {
  const orgId = id('org')
  const [teamId, roleGroupId, roleId] = [id('team'), id('roleGroup'), id('role')]
  const keys = Array.from({ length: keyCount }, (_, at) => {
    const scopes: ScopeIds = { orgId, teamId, roleGroupId, roleId, userId: id('member'), keyId: id('key') }
    return newKey(scopes, `key ${at + 1}`, around.peppers)
  })
  const scopes = new Map(
    keys.flatMap(({ record }) => chainOf(record.scopes)).map((scope) => [`${scope.kind}:${scope.id}`, scope]),
  )
  const provider = providerFor(orgId, around)
  const policy: OrgPolicy = {
    version: 1,
    orgId,
    slug: orgId.toLowerCase().replace('_', '-'),
    name: 'Bench',
    timeZone: 'Europe/Berlin',
    suspended: false,
    settings: {
      moneyRefusalStatus: 402,
      showAmounts: true,
      defaultMaxOutputTokens: 1_024,
      storeOutage: 'closed',
      joinInFlight: true,
      consoleUrl: null,
    },
    budgets: [...scopes.values()].map(budgetOf),
    fallbacks: [],
    rateLimits: [...scopes.values()].map(rateLimitOf),
    providers: [provider],
    models: [modelOf(provider)],
  }
  return { policy, keys }
}

function newKey(scopes: ScopeIds, name: string, peppers: Peppers): Tenant['keys'][number] {
  const { text, publicId } = newKeyText(randomBytes)
  const record: KeyRecord = {
    version: 1,
    publicId,
    name,
    hash: hashKey(text, peppers, 1),
    pepperVersion: 1,
    status: 'active',
    statusChangedAtMs: null,
    expiresAtMs: null,
    scopes,
    allowedModels: null,
  }
  return { record, text }
}

function budgetOf(scope: Scope): Budget {
  return {
    id: id('budget'),
    scope: { ...scope, name: scope.kind },
    period: 'month',
    limit: maxLimitNano,
    mode: 'hard',
    sharing: 'pool',
    version: 1,
    opening: null,
  }
}

const plenty = 1_000_000_000

function rateLimitOf(scope: Scope): OrgPolicy['rateLimits'][number] {
  return {
    scope: { ...scope, name: scope.kind },
    requestsPerMinute: plenty,
    requestsPerHour: plenty,
    tokensPerMinute: scope.kind === 'organisation' ? plenty : null,
    tokensPerHour: null,
    bucket: scope.kind === 'key' ? { capacity: plenty, refillPerSecond: plenty } : null,
    concurrency: null,
  }
}

function providerFor(orgId: OrgPolicy['orgId'], { upstream, sealingKey }: Surroundings): PolicyProvider {
  const providerId = id('provider')
  const binding = { orgId, providerId, origin: upstream }
  return {
    id: providerId,
    kind: 'openai-compatible',
    name: 'Upstream',
    baseUrl: `${upstream}/v1`,
    sealedCredential: sealCredential('upstream-secret', sealingKey, binding),
  }
}

function modelOf(provider: PolicyProvider): PolicyModel {
  return {
    name: 'bench-model',
    providerId: provider.id,
    upstreamName: 'bench-model',
    price: { version: 'bench', rates: { inputUncached: 2_500_000n, outputText: 10_000_000n }, tiers: [] },
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    encoding: 'o200k_base',
    imageTokens: null,
    ceiling: null,
    createdAtMs: 1_760_000_000_000,
  }
}
