import { createHash } from 'node:crypto'
import { tokenClasses, type Rates } from '@tollkeeper/domain/price'
import type { Db } from '../client.ts'
import { rowsOf, type BookRow } from './convert.ts'
import { readSource } from './source.ts'

export type ImportedPrices = { editionId: number; imported: boolean; rows: number }

/**
 * Fills the price book from the installed price package. Editions are never changed: other content makes a new one,
 * the same content makes none. Call it inside a transaction or under a lock, since two imports at once could collide.
 */
export async function importPrices(db: Db): Promise<ImportedPrices> {
  const { name, providers } = await readSource()
  return writeEdition(db, name, providers.flatMap(rowsOf))
}

/** Writes `rows` as an edition, unless the newest one has the same content. */
export async function writeEdition(db: Db, source: string, rows: readonly BookRow[]): Promise<ImportedPrices> {
  const records = rows.map(toRecord)
  const hash = createHash('sha256').update(JSON.stringify(records)).digest('hex')
  const newest = await db.priceEdition.findFirst({ orderBy: { id: 'desc' } })
  if (newest?.hash === hash) return { editionId: newest.id, imported: false, rows: rows.length }
  // The price book may go back to content it had before: that is a new edition too, so its hash carries the number.
  const seen = await db.priceEdition.count({ where: { hash: { startsWith: hash } } })
  const edition = await db.priceEdition.create({ data: { source, hash: seen === 0 ? hash : `${hash}.${seen}` } })
  await insertRecords(db, edition.id, records)
  return { editionId: edition.id, imported: true, rows: rows.length }
}

/** All rows in one statement: row by row through the client they would take seconds on a busy machine. */
async function insertRecords(db: Db, editionId: number, records: readonly Record[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO model_price (edition_id, provider, model, position, match, context_window, effective_from,
      input_uncached, input_cache_read, input_cache_write_5m, input_cache_write_1h, output_text,
      audio_in, audio_out, image_in, image_out, tiers, note)
    SELECT ${editionId}::int, provider, model, position, match, "contextWindow", "effectiveFrom",
      "inputUncached", "inputCacheRead", "inputCacheWrite5m", "inputCacheWrite1h", "outputText",
      "audioIn", "audioOut", "imageIn", "imageOut", tiers, note
    FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS record(
      provider text, model text, position int, match jsonb, "contextWindow" int, "effectiveFrom" timestamptz,
      "inputUncached" numeric, "inputCacheRead" numeric, "inputCacheWrite5m" numeric, "inputCacheWrite1h" numeric,
      "outputText" numeric, "audioIn" numeric, "audioOut" numeric, "imageIn" numeric, "imageOut" numeric,
      tiers jsonb, note text)`
}

type Record = ReturnType<typeof toRecord>

const ratesJson = (rates: Rates): { [name: string]: string } =>
  Object.fromEntries(tokenClasses.flatMap((name) => (rates[name] === undefined ? [] : [[name, String(rates[name])]])))

function toRecord(row: BookRow) {
  const { rates, tiers, match, ...rest } = row
  return {
    ...rest,
    ...ratesJson(rates),
    match,
    tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, rates: ratesJson(tier.rates) })),
  }
}
