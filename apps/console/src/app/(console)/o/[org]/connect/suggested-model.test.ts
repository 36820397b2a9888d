import { describe, expect, it } from 'vitest'
import { suggestedModel } from './suggested-model.ts'

const priced = (name: string, input: bigint, output?: bigint) => ({
  name,
  price: {
    version: '1',
    rates: { inputUncached: input, ...(output === undefined ? {} : { outputText: output }) },
    tiers: [],
  },
})
const unpriced = (name: string) => ({ name, price: null })

describe('the model of the test request', () => {
  it('is a well-known small one where it is offered and allowed', () => {
    const models = [priced('aaa', 1n, 1n), priced('gpt-4o-mini', 150_000n, 600_000n)]
    expect(suggestedModel(models)).toBe('gpt-4o-mini')
    expect(suggestedModel(models, ['a*'])).toBe('aaa')
  })

  it('is otherwise the cheapest that chats', () => {
    const models = [
      priced('dear', 9n, 9n),
      priced('cheap', 1n, 2n),
      priced('text-embedding-3', 1n),
      priced('tts-1', 0n, 0n),
    ]
    expect(suggestedModel(models)).toBe('cheap')
  })

  it('is an unpriced one before none, and none where nothing is allowed', () => {
    expect(suggestedModel([unpriced('mine')])).toBe('mine')
    expect(suggestedModel([unpriced('mine')], ['other'])).toBeNull()
    expect(suggestedModel([])).toBeNull()
  })
})
