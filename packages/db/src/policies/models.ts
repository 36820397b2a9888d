import type { OrgId } from '@tollkeeper/domain/id'
import type { PolicyModel } from '@tollkeeper/domain/policy'
import { priceToText, type Price } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'
import { ceilings } from '../provider-limits.ts'
import { listOverrides, loadPriceBook, overrideInEffect } from '../prices/index.ts'
import { list, type Provider } from '../providers/provider.ts'
import { encodingOf, imageTokensOf, largestOutputOf } from './model-facts.ts'

/** A model an organisation can call, with what it costs now. */
export type OfferedModel = Omit<PolicyModel, 'price'> & {
  price: Price | null
  provider: Pick<Provider, 'name' | 'kind'>
}

/**
 * The models an organisation can call, by name. Where two providers offer the same name, the one that was connected
 * first answers.
 */
export async function offeredModels(db: Db, orgId: OrgId, at: Instant = Date.now()): Promise<OfferedModel[]> {
  const providers = (await list(db, orgId)).filter((provider) => provider.enabled)
  return pricedModels(db, orgId, providers, at)
}

/** The same for providers already read. */
export async function pricedModels(
  db: Db,
  orgId: OrgId,
  providers: readonly Provider[],
  at: Instant,
): Promise<OfferedModel[]> {
  const [book, overrides] = [await loadPriceBook(db), await listOverrides(db, orgId)]
  const ceilingOf = await ceilings(db, orgId)
  const offered = new Map<string, OfferedModel>()
  for (const provider of providers) {
    for (const model of provider.models) {
      if (!model.enabled || offered.has(model.name)) continue
      const known = book.find(model.priceProvider, model.upstreamName, at)
      const own = overrideInEffect(overrides, { providerId: provider.id, model: model.name, at })
      offered.set(model.name, {
        name: model.name,
        providerId: provider.id,
        provider: { name: provider.name, kind: provider.kind },
        upstreamName: model.upstreamName,
        price: own ?? known?.price ?? null,
        contextWindow: model.contextWindow ?? known?.contextWindow ?? null,
        maxOutputTokens: largestOutputOf(model.upstreamName, model.maxOutputTokens),
        encoding: encodingOf(provider.kind, model.upstreamName),
        imageTokens: imageTokensOf(provider.kind, model.upstreamName),
        ceiling: ceilingOf(provider.id, model.upstreamName),
        createdAtMs: model.createdAt.getTime(),
      })
    }
  }
  return [...offered.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** As a policy carries it: the price as text. */
export const toPolicyModel = (model: OfferedModel) => ({
  ...model,
  price: model.price === null ? null : priceToText(model.price),
})
