import { credentialMark } from '@tollkeeper/domain/credential'
import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import {
  ceilingOf,
  providerLimits,
  type LearnedLimits,
  type ProviderCeiling,
  type ProviderLimits,
} from '@tollkeeper/domain/provider-limit'
import { atomic } from './atomic.ts'
import type { Db } from './client.ts'
import { noteOrgChange } from './policies/outbox.ts'

/** What a provider allows now. `model` is the provider's own name; null: what it told of its whole API. */
export type KnownLimits = { providerId: ProviderId; model: string | null; limits: ProviderLimits }

/** Everything known of the limits of an organisation's providers. */
export async function list(db: Db, orgId: OrgId): Promise<KnownLimits[]> {
  const rows = await db.providerLimit.findMany({
    where: { orgId, provider: { removedAt: null } },
    orderBy: [{ providerId: 'asc' }, { model: 'asc' }],
  })
  return rows.map((row) => ({
    providerId: row.providerId as ProviderId,
    model: row.model === '' ? null : row.model,
    limits: providerLimits.parse(row.limits),
  }))
}

/** Ceilings by provider and the provider's own name of a model. */
export async function ceilings(
  db: Db,
  orgId: OrgId,
): Promise<(providerId: ProviderId, model: string) => ProviderCeiling | null> {
  const known = new Map((await list(db, orgId)).map((one) => [`${one.providerId}/${one.model ?? ''}`, one.limits]))
  return (providerId, model) => {
    const limits = known.get(`${providerId}/${model}`)
    return limits ? ceilingOf(limits) : null
  }
}

/**
 * Stores what proxies learned of the credentials that the providers have now; older news changes nothing. The policy
 * changes only when a ceiling does, not whenever less remains. Gives how many ceilings changed.
 */
export async function record(db: Db, orgId: OrgId, learned: readonly LearnedLimits[]): Promise<number> {
  if (learned.length === 0) return 0
  return atomic(db, async (tx) => {
    const providers = await tx.provider.findMany({
      where: { orgId, removedAt: null },
      select: { id: true, sealedCredential: true },
    })
    const marks = new Map(providers.map((row) => [row.id, credentialMark(row.sealedCredential)]))
    const before = new Map((await list(tx, orgId)).map((one) => [`${one.providerId}/${one.model ?? ''}`, one.limits]))
    let changed = 0
    for (const { providerId, model, credential, limits } of learned) {
      if (marks.get(providerId) !== credential) continue
      const known = before.get(`${providerId}/${model ?? ''}`)
      if (known && known.seenAtMs >= limits.seenAtMs) continue
      const columns = { limits, seenAt: new Date(limits.seenAtMs) }
      await tx.providerLimit.upsert({
        where: { orgId_providerId_model: { orgId, providerId, model: model ?? '' } },
        create: { orgId, providerId, model: model ?? '', ...columns },
        update: columns,
      })
      if (model !== null && !sameCeiling(known, limits)) changed += 1
    }
    if (changed > 0) await noteOrgChange(tx, orgId)
    return changed
  })
}

/** Forgets what was known of a provider. */
export async function forget(db: Db, orgId: OrgId, providerId: ProviderId): Promise<void> {
  await db.providerLimit.deleteMany({ where: { orgId, providerId } })
}

function sameCeiling(before: ProviderLimits | undefined, after: ProviderLimits): boolean {
  const [a, b] = [before ? ceilingOf(before) : null, ceilingOf(after)]
  const names = ['requestsPerMinute', 'requestsPerHour', 'tokensPerMinute', 'tokensPerHour'] as const
  return names.every((name) => a?.[name] === b?.[name])
}
