import type { Database } from '@tollkeeper/db/client'
import { recordUsage, type UsageEntry } from '@tollkeeper/db/ledger'
import { loadPriceBook, type PriceBook } from '@tollkeeper/db/prices'
import { daysOf } from '@tollkeeper/db/rollups'
import { ownerOf } from './models.ts'
import { randomOf } from './random.ts'
import type { Settled } from './settle.ts'
import { dayOfSpender, type PriceOf } from './traffic/day.ts'

const historyDays = 90
const dayMs = 86_400_000
/** Entries of one transaction, and transactions at once: as many as keep Postgres busy. */
const batch = 2_000
const writers = 2

export type Written = { requests: number; ledgerRows: number }

/**
 * Writes 90 days of a company's usage, today's so far included, through the same door as the worker: ledger, requests and
 * hourly sums agree because they are made together. Costs come from the price book.
 */
export async function writeHistory(
  database: Database,
  settled: Settled,
  options: { now: Date; seed: number },
): Promise<Written> {
  const priceOf = pricesOf(await loadPriceBook(database.prisma))
  const running = new Set<Promise<void>>()
  const written: Written = { requests: 0, ledgerRows: 0 }
  const write = async (entries: readonly UsageEntry[]) => {
    const { requests, ledgerRows } = await recordUsage(database.pool, entries)
    written.requests += requests
    written.ledgerRows += ledgerRows
  }
  let waiting: UsageEntry[] = []
  const flush = async () => {
    const entries = waiting
    waiting = []
    while (running.size >= writers) await Promise.race(running)
    const one = write(entries).finally(() => running.delete(one))
    running.add(one)
  }
  for (const entry of entriesOf(settled, options, priceOf)) {
    waiting.push(entry)
    if (waiting.length >= batch) await flush()
  }
  await flush()
  await Promise.all(running)
  return written
}

function* entriesOf(
  settled: Settled,
  { now, seed }: { now: Date; seed: number },
  priceOf: PriceOf,
): Generator<UsageEntry> {
  const { company, spenders } = settled
  const zone = company.timeZone
  const days = daysOf(zone, { from: now.getTime() - (historyDays - 1) * dayMs, to: now.getTime() })
  let number = 0
  for (const [index, day] of days.entries()) {
    const ago = days.length - 1 - index
    for (const spender of spenders) {
      const of = { day, zone, ago, random: randomOf(seed, company.name, spender.name, ago) }
      for (const payload of dayOfSpender(settled, spender, of, priceOf)) {
        const atMs =
          payload.kind === 'attempt' ? payload.event.meta.atMs : payload.kind === 'request' ? payload.event.atMs : 0
        if (atMs >= now.getTime()) continue
        number += 1
        yield { shard: 's00', streamId: `${number}-0`, payload }
      }
    }
  }
}

/** Prices of the simulated models at a moment, looked up once per model and day. */
function pricesOf(book: PriceBook): PriceOf {
  const known = new Map<string, ReturnType<PriceOf>>()
  return (model, atMs) => {
    const day = Math.floor(atMs / dayMs)
    const key = `${model} ${day}`
    if (!known.has(key)) known.set(key, book.find(ownerOf(model), model, day * dayMs)?.price ?? undefined)
    return known.get(key)
  }
}
