import { findProvider } from '@pydantic/genai-prices'
import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import type { ProviderKind } from '@tollkeeper/domain/policy'
import { atomic } from '../atomic.ts'
import type { Db } from '../client.ts'
import { noteOrgChange } from '../policies/outbox.ts'
import { one, type Provider, type Verification } from './provider.ts'

/** A provider may list hundreds; this many are taken. */
const mostModels = 2_000
const longestName = 256

/**
 * Stores what Verify found. Models found for the first time are offered from now on; those known keep what was set for
 * them, and none is taken away because one listing lacks it.
 */
export async function recordVerification(
  db: Db,
  orgId: OrgId,
  id: ProviderId,
  verification: Verification,
  at = new Date(),
): Promise<Provider | undefined> {
  return atomic(db, async (tx) => {
    const provider = await one(tx, orgId, id)
    if (!provider) return undefined
    await tx.provider.update({
      where: { orgId_id: { orgId, id } },
      data: { verification: verification, verifiedAt: at },
    })
    if (verification.ok) await addModels(tx, orgId, provider, verification.models, at)
    return one(tx, orgId, id)
  })
}

export type FoundModel = { id: string; ownedBy?: string | null | undefined; maxOutputTokens?: number }

/** Offers models of a provider under their own names; known ones are left as they are. */
export async function addModels(
  db: Db,
  orgId: OrgId,
  provider: Pick<Provider, 'id' | 'kind' | 'baseUrl'>,
  models: readonly FoundModel[],
  at = new Date(),
): Promise<void> {
  const found = models.filter((model) => model.id !== '' && model.id.length <= longestName).slice(0, mostModels)
  const { count } = await db.providerModel.createMany({
    data: found.map((model) => ({
      orgId,
      providerId: provider.id,
      name: model.id,
      upstreamName: model.id,
      priceProvider: priceProviderOf(provider, model.ownedBy ?? null),
      maxOutputTokens: model.maxOutputTokens ?? null,
      createdAt: at,
    })),
    skipDuplicates: true,
  })
  if (count > 0) await noteOrgChange(db, orgId)
}

export type ModelChange = { enabled?: boolean; contextWindow?: number | null; maxOutputTokens?: number | null }

/** Changes what an organisation says of a model. False when it is not there. */
export async function changeModel(
  db: Db,
  orgId: OrgId,
  of: { providerId: ProviderId; name: string },
  input: ModelChange,
): Promise<boolean> {
  return atomic(db, async (tx) => {
    const { count } = await tx.providerModel.updateMany({ where: { orgId, ...of }, data: input })
    if (count === 1) await noteOrgChange(tx, orgId)
    return count === 1
  })
}

/**
 * Under which provider the price book lists a model. A simulator stands in for whoever owns the model; any other address
 * is looked up by the book's own address patterns. `unknown` is in no book: such models have no price until one is set.
 */
function priceProviderOf(provider: { kind: ProviderKind; baseUrl: string }, ownedBy: string | null): string {
  switch (provider.kind) {
    case 'openai':
    case 'anthropic':
    case 'deepseek':
      return provider.kind
    case 'simulator':
      return ownedBy ?? 'openai'
    case 'ollama':
      return 'unknown'
    case 'openai-compatible':
      return findProvider({ providerApiUrl: provider.baseUrl })?.id ?? 'unknown'
  }
}
