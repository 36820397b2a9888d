import { describe, expect, it } from 'vitest'
import { picoFromDecimal, priceOf } from '../src/price/price-of.ts'
import { modelOf } from '../src/models.ts'
import { diceOf, prose } from '../src/prose.ts'
import { durationText } from '../src/openai/limit-headers.ts'
import { piecesOf, promptTokens, tokensOf } from '../src/tokens.ts'

describe('prompt tokens', () => {
  const user = { role: 'user', content: 'Hello' }

  it('are the text and the framing of each message', () => {
    expect(promptTokens([user], undefined)).toBe(8)
    expect(promptTokens([{ role: 'system', content: 'Hello' }, user], undefined)).toBe(13)
    expect(promptTokens([{ ...user, name: 'Bob' }], undefined)).toBe(10)
    expect(promptTokens([{ role: 'assistant', content: null }], undefined)).toBe(7)
  })

  it('are those of each part, and 85 for a part that is not text', () => {
    const content = [{ type: 'text', text: 'Hello' }, { type: 'image_url' }, { type: 'text', text: 'Hello' }]
    expect(promptTokens([{ role: 'user', content }], undefined)).toBe(3 + 3 + 1 + 1 + 85 + 1)
  })

  it('have tools and tool calls as their JSON', () => {
    const tools = [{ type: 'function', function: { name: 'one' } }]
    const json = tokensOf('[{"type":"function","function":{"name":"one"}}]')
    expect(promptTokens([user], tools)).toBe(8 + 8 + json)
    expect(promptTokens([user], [])).toBe(8)
    expect(promptTokens([{ ...user, tool_calls: tools }], undefined)).toBe(8 + json)
  })

  it('take what looks like a special token as plain text', () => {
    expect(tokensOf('<|endoftext|>')).toBe(7)
  })

  it('of a word of 200,000 letters are those of its pieces', () => {
    const word = 'xq'.repeat(100_000)
    expect(tokensOf(word)).toBeGreaterThan(50_000)
    expect(piecesOf(word).join('')).toBe(word)
    expect(tokensOf(' '.repeat(200_000))).toBeGreaterThan(1_000)
  })
})

describe('prose', () => {
  it('has as many tokens as pieces, whatever the length', () => {
    for (let tokens = 0; tokens <= 300; tokens += 1)
      for (const ended of [true, false]) {
        const pieces = prose(diceOf(`${tokens}`), tokens, ended)
        expect(pieces).toHaveLength(tokens)
        expect(tokensOf(pieces.join(''))).toBe(tokens)
      }
  })
})

describe('prices', () => {
  const at = (time: string) => new Date(`2026-11-20T${time}Z`)
  const price = (id: string, time: string, prompt = 1_000) => {
    const model = modelOf(id)
    if (!model) throw new Error(id)
    return priceOf(model, at(time), prompt)
  }

  it('are exact pico-USD from decimal text', () => {
    expect(picoFromDecimal('0.075')).toBe(75_000n)
    expect(picoFromDecimal('30')).toBe(30_000_000n)
    expect(() => picoFromDecimal('1e-7')).toThrow(RangeError)
    expect(() => picoFromDecimal('0.0000001')).toThrow(RangeError)
  })

  it('follow the size of the prompt', () => {
    expect(price('gpt-5.5', '12:00:00', 271_999)).toMatchObject({ uncached: 5_000_000n, output: 30_000_000n })
    expect(price('gpt-5.5', '12:00:00', 272_000)).toMatchObject({ uncached: 10_000_000n, output: 45_000_000n })
  })

  it('follow the time of day', () => {
    expect(price('deepseek-chat', '12:00:00')).toMatchObject({ uncached: 270_000n, output: 1_100_000n })
    expect(price('deepseek-chat', '20:00:00')).toMatchObject({ uncached: 135_000n, output: 550_000n })
  })

  it('are unknown for a model that no list has', () => {
    expect(price('sim-unpriced', '12:00:00')).toBeUndefined()
  })
})

it('durations are written as OpenAI writes them', () => {
  expect([12, 8_640, 60_000, 86_400].map(durationText)).toEqual(['12ms', '8.64s', '1m0s', '1m26.4s'])
})
