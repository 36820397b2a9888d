import { fail } from '@tollkeeper/domain/failure'
import { orgId, type OrgId } from '@tollkeeper/domain/id'
import { policyProvider, type PolicyProvider } from '@tollkeeper/domain/policy'
import { limitedThings, type LearnedLimits } from '@tollkeeper/domain/provider-limit'
import { readJson } from '@tollkeeper/wire/json'
import { z } from 'zod'
import type { Standing } from '../standing/standing.ts'

export type SyncLimits = (orgId: OrgId, providers: readonly PolicyProvider[]) => Promise<LearnedLimits[]>

const body = z.object({ orgId, providers: z.array(policyProvider).max(100) })

/** `POST /internal/providers/sync-limits`, for the console and the worker. @throws Failure */
export function makeSyncForConsole(sync: SyncLimits) {
  return async (bytes: Buffer): Promise<{ learned: LearnedLimits[] }> => {
    const parsed = body.safeParse(readJson(bytes))
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      const why = `Not a list of providers: ${issue?.message ?? ''}.`
      throw fail('invalid_request', { why }, { param: issue?.path.join('.') ?? '' })
    }
    return { learned: await sync(parsed.data.orgId, parsed.data.providers) }
  }
}

/** `POST /sync/provider-limits`, with a key: the limits of its organisation's providers. */
export function makeSyncForKey(sync: SyncLimits) {
  return async ({ record, org }: Standing) => {
    const { providers } = org.policy
    const names = new Map(providers.map((provider) => [provider.id, provider.name]))
    const learned = await sync(record.scopes.orgId, providers)
    return { object: 'list', data: learned.map((one) => limitsBody(one, names.get(one.providerId) ?? '')) }
  }
}

const limitsBody = ({ providerId, model, limits }: LearnedLimits, provider: string) => ({
  object: 'provider_limits',
  provider: { id: providerId, name: provider },
  model,
  seen_at: new Date(limits.seenAtMs).toISOString(),
  limits: limitedThings.flatMap((thing) => {
    const limit = limits[thing]
    if (limit === null) return []
    const { remaining, resetsAtMs, per } = limit
    const resets_at = resetsAtMs === null ? null : new Date(resetsAtMs).toISOString()
    return { of: wireNames[thing], per, limit: limit.limit, remaining, resets_at }
  }),
})

const wireNames = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
} as const
