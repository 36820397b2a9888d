import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import type { Price } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'
import { loadPriceBook } from './book.ts'
import { listOverrides, overrideInEffect } from './overrides.ts'

export type PriceQuestion = {
  providerId: ProviderId
  /** Provider id in the price book, e.g. `openai`. */
  priceProvider: string
  /** The name callers use, which overrides name. */
  model: string
  /** The provider's own name of it, which the price book knows; the same as `model` unless told. */
  upstreamName?: string
  at: Instant
}

/**
 * What a model costs an organisation at a moment: its own override, else the price book by exact name, else by the
 * source's matching. Undefined when nobody knows: such a model is refused under a hard budget, never free.
 */
export async function priceOf(db: Db, orgId: OrgId, of: PriceQuestion): Promise<Price | undefined> {
  const override = overrideInEffect(await listOverrides(db, orgId), of)
  if (override) return override
  const book = await loadPriceBook(db)
  return book.find(of.priceProvider, of.upstreamName ?? of.model, of.at)?.price ?? undefined
}
