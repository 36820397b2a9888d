import { expect, it } from 'vitest'
import { changeText, countText, shareText, shortCountText } from './count-text.ts'

it('writes counts in full and short', () => {
  expect([countText(12_345_678), shortCountText(12_345_678), shortCountText(940)]).toEqual([
    '12,345,678',
    '12.3M',
    '940',
  ])
})

it('tells a share, and something as small as can be from nothing', () => {
  expect([shareText(1n, 3n), shareText(1n, 10_000n), shareText(0n, 5n), shareText(0n, 0n)]).toEqual([
    '33.3%',
    '<0.1%',
    '0.0%',
    null,
  ])
})

it('tells a change, also from nothing and to nothing', () => {
  expect([changeText(112n, 100n), changeText(60n, 100n), changeText(5n, 5n), changeText(0n, 5n)]).toEqual([
    '+12.0%',
    '−40.0%',
    '±0.0%',
    '−100.0%',
  ])
  expect([changeText(5n, 0n), changeText(0n, 0n), changeText(25_000n, 100n)]).toEqual(['new', null, '×250'])
})
