import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import type { PicoUsd, Price } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'
import type { PriceOverride as Row } from '../generated/client.ts'
import { makeId } from '../ids.ts'
import { withCachedInput } from './book.ts'

/** An organisation's own price of a model, from a date on. `inputCacheRead` null: cached input costs what input costs. */
export type PriceOverride = {
  id: string
  providerId: ProviderId
  /** The name callers use. */
  model: string
  effectiveFrom: Date
  inputUncached: PicoUsd
  inputCacheRead: PicoUsd | null
  outputText: PicoUsd
  reason: string | null
  createdBy: string | null
  createdAt: Date
}

export type NewPriceOverride = Omit<PriceOverride, 'id' | 'createdAt'>

/** Adds a price; earlier ones stay, since charges name them. The newest that is in effect counts. */
export async function addOverride(db: Db, orgId: OrgId, override: NewPriceOverride): Promise<PriceOverride> {
  const { inputUncached, inputCacheRead, outputText, ...rest } = override
  const row = await db.priceOverride.create({
    data: {
      ...rest,
      orgId,
      id: makeId('override'),
      inputUncached: String(inputUncached),
      inputCacheRead: inputCacheRead === null ? null : String(inputCacheRead),
      outputText: String(outputText),
    },
  })
  return fromRow(row)
}

/** Every price an organisation has set, newest first. */
export async function listOverrides(db: Db, orgId: OrgId): Promise<PriceOverride[]> {
  const rows = await db.priceOverride.findMany({
    where: { orgId },
    orderBy: [{ effectiveFrom: 'desc' }, { createdAt: 'desc' }],
  })
  return rows.map(fromRow)
}

/** The override in effect for a model of a provider at `at`, among those given newest first. */
export function overrideInEffect(
  overrides: readonly PriceOverride[],
  of: { providerId: string; model: string; at: Instant },
): Price | undefined {
  const found = overrides.find(
    (each) => each.providerId === of.providerId && each.model === of.model && each.effectiveFrom.getTime() <= of.at,
  )
  return found && toPrice(found)
}

export function toPrice(override: PriceOverride): Price {
  const { inputUncached, inputCacheRead, outputText } = override
  const rates = { inputUncached, outputText, ...(inputCacheRead === null ? {} : { inputCacheRead }) }
  return withCachedInput({ version: `override:${override.id}`, rates, tiers: [] })
}

function fromRow(row: Row): PriceOverride {
  return {
    id: row.id,
    providerId: row.providerId as ProviderId,
    model: row.model,
    effectiveFrom: row.effectiveFrom,
    inputUncached: BigInt(row.inputUncached.toFixed(0)),
    inputCacheRead: row.inputCacheRead === null ? null : BigInt(row.inputCacheRead.toFixed(0)),
    outputText: BigInt(row.outputText.toFixed(0)),
    reason: row.reason,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
  }
}
