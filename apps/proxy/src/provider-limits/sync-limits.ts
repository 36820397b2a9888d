import { credentialMark } from '@tollkeeper/domain/credential'
import type { OrgId } from '@tollkeeper/domain/id'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import type { Caller, Target } from '@tollkeeper/providers'
import type { LearnedLimits } from '@tollkeeper/domain/provider-limit'
import type { ProviderLimitStore } from '@tollkeeper/redis/provider-limits'
import type { Limits } from './learned-limits.ts'

export type SyncLimitsDeps = {
  limits: Limits
  store: ProviderLimitStore
  caller: Pick<Caller, 'get'>
  /** @throws Failure when the credential cannot be opened */
  targetFor: (orgId: OrgId, provider: PolicyProvider) => Target
}

/** Providers are asked at most this often on behalf of one organisation, however many ask us to. */
const askEveryMs = 10_000

/**
 * Gives the limits that are known of an organisation's providers, after asking each of them for its models: that costs
 * nothing, and some state their limits with any answer. Never a paid call.
 *
 * @throws StoreUnavailable
 */
export function makeSyncLimits(deps: SyncLimitsDeps) {
  async function askOne(orgId: OrgId, provider: PolicyProvider): Promise<void> {
    let target: Target
    try {
      target = deps.targetFor(orgId, provider)
    } catch {
      // Its credential cannot be opened: nothing new can be learned from it, and requests say so.
      return
    }
    const outcome = await deps.caller.get(target, '/models')
    if (outcome.kind === 'answered' || outcome.kind === 'refused')
      deps.limits.hear(orgId, provider, null, outcome.headers)
  }

  return async (orgId: OrgId, providers: readonly PolicyProvider[]): Promise<LearnedLimits[]> => {
    if (await deps.store.takeTurn(orgId, askEveryMs)) await Promise.all(providers.map((one) => askOne(orgId, one)))
    await deps.limits.flush()
    const marks = new Map(providers.map((one) => [one.id, credentialMark(one.sealedCredential)]))
    return (await deps.store.read(orgId)).filter((one) => marks.get(one.providerId) === one.credential)
  }
}
