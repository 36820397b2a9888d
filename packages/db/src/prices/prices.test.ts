import type { TieredPrices } from '@pydantic/genai-prices'
import { costOf, type TokenClass } from '@tollkeeper/domain/price'
import { expect, it } from 'vitest'
import { testDatabase } from '../../test/builders.ts'
import { rowsOf } from './convert.ts'
import { importPrices, loadPriceBook, writeEdition } from './index.ts'
import { matches } from './match.ts'
import { readSource } from './source.ts'

const database = testDatabase()

it('has the price book ready after the migrations, and makes no second edition of the same prices', async () => {
  const { prisma } = database()
  const again = await importPrices(prisma)
  expect(again).toMatchObject({ editionId: 1, imported: false })
  expect(await prisma.priceEdition.count()).toBe(1)
  expect(await prisma.modelPrice.count()).toBe(again.rows)
  const providers = await prisma.modelPrice.findMany({ distinct: ['provider'], select: { provider: true } })
  expect(providers.map((row) => row.provider)).toEqual(
    expect.arrayContaining(['openai', 'anthropic', 'deepseek', 'google', 'mistral', 'x-ai', 'groq']),
  )
})

it('makes a new edition of other prices, and another when they change back', async () => {
  const { prisma } = database()
  const { providers } = await readSource()
  const rows = providers.flatMap(rowsOf)
  const few = await writeEdition(prisma, 'test', rows.slice(0, 10))
  expect(few).toMatchObject({ imported: true, rows: 10 })
  const all = await importPrices(prisma)
  expect(all).toMatchObject({ imported: true, editionId: few.editionId + 1 })
  expect((await loadPriceBook(prisma)).editionId).toBe(all.editionId)
})

/** USD per million tokens of a pico price, as decimal text. */
const decimalOf = (pico: bigint): string => {
  const digits = pico.toString().padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
}

const units: Record<string, TokenClass> = {
  input_mtok: 'inputUncached',
  cache_read_mtok: 'inputCacheRead',
  cache_write_mtok: 'inputCacheWrite5m',
  cache_write_1h_mtok: 'inputCacheWrite1h',
  output_mtok: 'outputText',
  input_audio_mtok: 'audioIn',
  output_audio_mtok: 'audioOut',
}

it('keeps every price of the source to its last digit', async () => {
  const { providers } = await readSource()
  let compared = 0
  for (const provider of providers) {
    const rows = rowsOf(provider)
    for (const model of provider.models) {
      const mine = rows.filter((row) => row.model === model.id)
      // Noted rows take the dearest of several prices or round up; the next test looks at those.
      if (mine.some((row) => row.note !== null) || Array.isArray(model.prices)) continue
      for (const [unit, name] of Object.entries(units)) {
        const given: number | TieredPrices | undefined = model.prices[unit]
        if (given === undefined) continue
        const [row] = mine
        const [base, tiers] = typeof given === 'number' ? [given, []] : [given.base, given.tiers]
        expect(decimalOf(row?.rates[name] ?? -1n)).toBe(String(base))
        for (const { start, price } of tiers) {
          const tier = row?.tiers.find((each) => each.aboveInputTokens === start)
          expect(decimalOf(tier?.rates[name] ?? -1n)).toBe(String(price))
          compared += 1
        }
        compared += 1
      }
    }
  }
  expect(compared).toBeGreaterThan(3_000)
})

it('says what it decided: dearest by time of day, rounded up, or unpriced for a fee per request', async () => {
  const { providers } = await readSource()
  const noted = providers.flatMap(rowsOf).filter((row) => row.note !== null)
  const of = (provider: string, model: string) => noted.find((row) => row.provider === provider && row.model === model)
  expect(of('deepseek', 'deepseek-chat')).toMatchObject({
    rates: { inputUncached: 270_000n, inputCacheRead: 70_000n, outputText: 1_100_000n },
    note: 'Costs less at some times of day: the dearest price is taken.',
  })
  expect(of('huggingface_together', 'Qwen/Qwen3-VL-8B-Instruct')?.rates.inputUncached).toBe(180_000n)
  expect(of('openrouter', 'google/gemini-2.5-flash-lite')?.rates.inputCacheWrite5m).toBe(83_334n)
  expect(of('perplexity', 'sonar')).toMatchObject({ rates: {}, tiers: [] })
  expect(new Set(noted.map((row) => row.note)).size).toBe(3)
})

it('follows dates, tiers and names of the source', async () => {
  const { prisma } = database()
  const book = await loadPriceBook(prisma)
  const now = Date.parse('2026-11-20')
  const rate = (provider: string, model: string, at = now) => book.find(provider, model, at)?.price?.rates.inputUncached
  expect(rate('openai', 'o3', Date.parse('2025-06-09'))).toBe(10_000_000n)
  expect(rate('openai', 'o3', Date.parse('2025-06-10'))).toBe(2_000_000n)
  expect(rate('openai', 'gpt-4o')).toBe(2_500_000n)
  expect(rate('openai', 'gpt-4o-2024-11-20')).toBe(2_500_000n)
  expect(rate('anthropic', 'claude-sonnet-4-6-20260217')).toBe(3_000_000n)
  expect(rate('openai', 'gpt-nonsense')).toBeUndefined()
  expect(rate('nobody', 'gpt-4o')).toBeUndefined()
  expect(book.find('openai', 'gpt-4o', now)).toMatchObject({
    contextWindow: 128_000,
    price: { version: `${book.editionId}/openai/gpt-4o` },
  })
  const sonnet = book.find('anthropic', 'claude-sonnet-4-5', now)?.price
  if (!sonnet) throw new Error('unknown')
  expect(costOf({ inputUncached: 200_000 }, sonnet)).toBe(600_000_000n)
  expect(costOf({ inputUncached: 200_001 }, sonnet)).toBe(1_200_006_000n)
  const noCache = book.find('openai', 'gpt-4', now)?.price
  expect(noCache?.rates.inputCacheRead).toBe(noCache?.rates.inputUncached)
})

it('matches names as the source does', () => {
  const logic = {
    or: [{ equals: 'GPT-4o' }, { and: [{ starts_with: 'gpt-4o-' }, { ends_with: '-ft' }] }, { regex: '^o[13]$' }],
  }
  expect(['gpt-4O', 'gpt-4o-x-ft', 'o3', 'gpt-4o-x', 'xo3'].map((name) => matches(logic, name))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})
