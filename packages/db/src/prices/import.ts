import { createHash } from 'node:crypto'
import { tokenClasses, type Rates } from '@tollkeeper/domain/price'
import type { Db } from '../client.ts'
import type { Prisma } from '../generated/client.ts'
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
  await db.modelPrice.createMany({ data: records.map((record) => ({ ...record, editionId: edition.id })) })
  return { editionId: edition.id, imported: true, rows: rows.length }
}

const ratesJson = (rates: Rates): Record<string, string> =>
  Object.fromEntries(tokenClasses.flatMap((name) => (rates[name] === undefined ? [] : [[name, String(rates[name])]])))

function toRecord(row: BookRow) {
  const { rates, tiers, match, ...rest } = row
  return {
    ...rest,
    ...ratesJson(rates),
    match: match as Prisma.InputJsonObject,
    tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, rates: ratesJson(tier.rates) })),
  }
}
