import { expect, it } from 'vitest'
import { RecentAmounts, sliceSize } from '../../src/slices/size.ts'

const usd = 1_000_000_000n

it('is worth five requests, at most 1 % of what is left, and at most one dollar', () => {
  expect(sliceSize(usd / 100n, 100n * usd)).toBe(usd / 20n)
  expect(sliceSize(usd / 100n, 2n * usd)).toBe(usd / 50n)
  expect(sliceSize(usd / 2n, 10_000n * usd)).toBe(usd)
  expect(sliceSize(usd / 100n, null)).toBe(usd / 20n)
})

it('is nothing where it could not pay for one request, so that it is in nobody’s way near a limit', () => {
  expect(sliceSize(usd / 100n, usd - 1n)).toBe(0n)
  expect(sliceSize(2n * usd, 10_000n * usd)).toBe(0n)
})

it('goes by the dearer ones of the latest 64 requests', () => {
  const recent = new RecentAmounts()
  expect(recent.p95).toBe(0n)
  for (let i = 1n; i <= 100n; i += 1n) recent.add(i)
  // The latest are 37 … 100, of which 61 are at most 97.
  expect(recent.p95).toBe(97n)
})
