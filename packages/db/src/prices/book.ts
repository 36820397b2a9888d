import { z } from 'zod'
import { priceText, tokenClasses, type Price, type Rates } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'
import type { ModelPrice } from '../generated/client.ts'
import { matches, matchLogic, type MatchLogic } from './match.ts'

/** A model as the price book knows it. */
export type BookModel = {
  provider: string
  model: string
  contextWindow: number | null
  /** What it costs at `at`; null where the book knows the model but no price of it. */
  price: Price | null
}

/** The newest edition of the price book, in memory. */
export type PriceBook = {
  readonly editionId: number
  /** Finds by exact name, then by the source's own matching. Undefined: the book does not know it. */
  find(provider: string, model: string, at: Instant): BookModel | undefined
}

type Segment = { from: Instant; price: Price | null; contextWindow: number | null }
type Entry = { model: string; match: MatchLogic | null; segments: Segment[] }

// Editions never change, so a process reads each once. The key holds the hash because ids repeat between databases.
const books = new Map<string, PriceBook>()
const booksKept = 4

/** The newest edition. Throws when no prices were ever imported. */
export async function loadPriceBook(db: Db): Promise<PriceBook> {
  const edition = await db.priceEdition.findFirst({ orderBy: { id: 'desc' } })
  if (!edition) throw new Error('The price book is empty: run the migrations, which import it')
  const key = `${edition.id}:${edition.hash}`
  const known = books.get(key)
  if (known) return known
  const rows = await db.modelPrice.findMany({
    where: { editionId: edition.id },
    orderBy: [{ provider: 'asc' }, { position: 'asc' }, { effectiveFrom: 'asc' }],
  })
  const book = makeBook(edition.id, rows)
  books.set(key, book)
  for (const old of [...books.keys()].slice(0, -booksKept)) books.delete(old)
  return book
}

function makeBook(editionId: number, rows: readonly ModelPrice[]): PriceBook {
  const providers = new Map<string, Map<string, Entry>>()
  for (const row of rows) {
    const models = providers.get(row.provider) ?? new Map<string, Entry>()
    providers.set(row.provider, models)
    const entry = models.get(row.model) ?? {
      model: row.model,
      match: row.match === null ? null : matchLogic.parse(row.match),
      segments: [],
    }
    models.set(row.model, entry)
    entry.segments.push({
      from: row.effectiveFrom.getTime(),
      price: priceOfRow(row),
      contextWindow: row.contextWindow,
    })
  }
  return {
    editionId,
    find(provider, model, at) {
      const models = providers.get(provider)
      const entry = models?.get(model) ?? models?.values().find((each) => each.match && matches(each.match, model))
      const segment = entry?.segments.findLast((each) => each.from <= at)
      if (!entry || !segment) return undefined
      return { provider, model: entry.model, contextWindow: segment.contextWindow, price: segment.price }
    },
  }
}

const storedTiers = z.array(priceText.shape.tiers.element)

/** The price of a row; its version names the row in every charge. */
export function priceOfRow(row: ModelPrice): Price | null {
  const rates: Rates = {}
  for (const name of tokenClasses) {
    const value = row[name]
    if (value !== null) rates[name] = BigInt(value.toFixed(0))
  }
  if (Object.keys(rates).length === 0) return null
  const from = row.effectiveFrom.getTime() > 0 ? `@${row.effectiveFrom.toISOString().slice(0, 10)}` : ''
  return withCachedInput({
    version: `${row.editionId}/${row.provider}/${row.model}${from}`,
    rates,
    tiers: storedTiers.parse(row.tiers),
  })
}

/**
 * A model without a price of its own for cached input is billed for it as for any other input: that is what the
 * absence means in the source, and it is never too little.
 */
export function withCachedInput(price: Price): Price {
  if (price.rates.inputCacheRead !== undefined || price.rates.inputUncached === undefined) return price
  return {
    ...price,
    rates: { ...price.rates, inputCacheRead: price.rates.inputUncached },
    tiers: price.tiers.map(({ aboveInputTokens, rates }) => ({
      aboveInputTokens,
      rates: rates.inputUncached === undefined ? rates : { ...rates, inputCacheRead: rates.inputUncached },
    })),
  }
}
