import { expect, it } from 'vitest'
import type { Price } from '../price/index.ts'
import { clamp } from './clamp.ts'

/** A nano-dollar per token, in and out. */
const price: Price = { version: 'v', rates: { inputUncached: 1_000n, outputText: 1_000n }, tiers: [] }
const ask = { input: 10, cap: 100, choices: 1, least: 20 }
const clamped = (
  short: { over?: boolean; used?: bigint; held?: bigint; limit: bigint },
  over: Partial<typeof ask> = {},
) => clamp({ ...ask, ...over }, price, { over: false, used: 0n, held: 0n, ...short })

it('lets an answer of 50 tokens through where 60 nano-dollars are left after 10 tokens in', () => {
  expect(clamped({ used: 25n, held: 15n, limit: 100n })).toEqual({ kind: 'smaller', cap: 50 })
})

it('shares what is left among the choices, whole tokens each', () => {
  expect(clamped({ limit: 61n }, { choices: 2 })).toEqual({ kind: 'smaller', cap: 25 })
})

it('lets nothing through that is too short to be useful', () => {
  expect(clamped({ limit: 30n })).toEqual({ kind: 'smaller', cap: 20 })
  expect(clamped({ limit: 29n })).toMatchObject({ kind: 'too-little', fits: 19 })
})

it('says that not even the input fits', () => {
  expect(clamped({ limit: 9n, over: true })).toEqual({ kind: 'too-little', fits: 0, later: false })
  expect(clamped({ limit: 9n, over: true }, { choices: 3 })).toEqual({ kind: 'too-little', fits: 0, later: false })
})

it('gives no cap that is not smaller than the one that was refused', () => {
  expect(clamped({ limit: 110n })).toEqual({ kind: 'too-little', fits: 100, later: true })
  expect(clamped({ limit: 109n })).toEqual({ kind: 'smaller', cap: 99 })
})

it('says that it may fit later where others hold what would be enough, or where the whole ask would fit then', () => {
  const short = { over: true, used: 60n, held: 15n, limit: 90n }
  expect(clamped(short)).toEqual({ kind: 'too-little', fits: 5, later: true })
  expect(clamped({ ...short, used: 61n })).toEqual({ kind: 'too-little', fits: 4, later: false })
  expect(clamped({ ...short, used: 61n, over: false })).toMatchObject({ later: true })
})
