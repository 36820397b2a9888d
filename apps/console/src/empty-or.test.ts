import { usdInput } from '@tollkeeper/domain/price'
import { describe, expect, it } from 'vitest'
import { emptyOr } from './empty-or.ts'

describe('a field that may stay empty', () => {
  it('is null when it is empty or blank, and the amount that was typed otherwise', () => {
    expect(['', '  ', '0.25', ' 5 '].map((text) => emptyOr(usdInput).parse(text))).toEqual([
      null,
      null,
      250_000_000n,
      5_000_000_000n,
    ])
  })

  it('says what an amount looks like when it is none', () => {
    const { error } = emptyOr(usdInput).safeParse('two')
    expect(error?.issues.map((issue) => issue.message)).toEqual([
      'Enter an amount in USD such as 5 or 0.25, at most 9,000,000',
    ])
  })
})
