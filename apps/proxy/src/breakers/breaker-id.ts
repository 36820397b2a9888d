import { credentialMark } from '@tollkeeper/domain/credential'
import type { OrgId } from '@tollkeeper/domain/id'
import type { PolicyModel } from '@tollkeeper/domain/policy'
import type { BreakerId } from '@tollkeeper/redis/breaker-states'
import type { Candidate } from '../pipeline/exchange.ts'

/** A policy's models are replaced with it, so what is remembered of one is never older than its policy. */
const ids = new WeakMap<PolicyModel, BreakerId>()

/** Which breaker a candidate has. Another credential has another, so a replaced one begins anew. */
export function breakerIdOf(orgId: OrgId, { model, provider }: Pick<Candidate, 'model' | 'provider'>): BreakerId {
  let id = ids.get(model)
  if (!id) {
    const credential = credentialMark(provider.sealedCredential)
    ids.set(model, (id = { orgId, providerId: provider.id, credential, model: model.upstreamName }))
  }
  return id
}
