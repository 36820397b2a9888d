import { describe, expect, it } from 'vitest'
import { allowsModel } from './access.ts'

describe('the models of a key', () => {
  it('are all models when there is no list, and none when the list is empty', () => {
    expect([allowsModel(null, 'gpt-5.5'), allowsModel([], 'gpt-5.5')]).toEqual([true, false])
  })

  it.each([
    ['claude-*', 'claude-haiku-4-5', true],
    ['claude-*', 'gpt-5.5', false],
    ['*-mini', 'gpt-5-mini', true],
    ['gpt-*-mini', 'gpt-mini', false],
    ['gpt-*-mini', 'gpt-5-mini', true],
    ['a*a', 'a', false],
    ['*', 'anything', true],
    ['gpt-4o', 'gpt-4o-mini', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*b*a*', 'xxaxxbxx', false],
  ])('%s matches %s: %s', (pattern, model, expected) => {
    expect(allowsModel([pattern], model)).toBe(expected)
  })
})
