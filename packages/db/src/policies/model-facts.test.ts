import { describe, expect, it } from 'vitest'
import { encodingOf, imageTokensOf } from './model-facts.ts'

describe('the tokens of an image', () => {
  it.each([
    ['gpt-4o', { low: 85, most: 1_445 }],
    ['gpt-4o-2024-08-06', { low: 85, most: 1_445 }],
    ['gpt-4o-mini', { low: 2_833, most: 48_169 }],
    ['gpt-5', { low: 70, most: 1_190 }],
    // 1,536 patches × 1.62
    ['gpt-5-mini', { low: 2_489, most: 2_489 }],
    ['gpt-4.1-nano', { low: 3_779, most: 3_779 }],
    ['o4-mini', { low: 2_642, most: 2_642 }],
  ])('of %s are what its maker states', (name, tokens) => {
    expect(imageTokensOf('openai', name)).toEqual(tokens)
  })

  it('are unknown for a model that nobody made a statement about, and for a namesake elsewhere', () => {
    expect([imageTokensOf('openai', 'gpt-5.5'), imageTokensOf('openai-compatible', 'gpt-4o')]).toEqual([null, null])
  })
})

it('counts what is embedded as its maker does, and a namesake elsewhere by its bytes', () => {
  const name = 'text-embedding-3-small'
  const kinds = ['openai', 'simulator', 'openai-compatible'] as const
  expect(kinds.map((kind) => encodingOf(kind, name))).toEqual(['cl100k_base', 'cl100k_base', 'bytes'])
})
