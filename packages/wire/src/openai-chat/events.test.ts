import { describe, expect, it } from 'vitest'
import { frameOf } from '../event-stream/index.ts'
import { gatherTexts, mayMatter, readEvent, readUsage, readWholeAnswer, withCost } from './index.ts'

const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } }
const frame = (chunk: object) => frameOf(JSON.stringify(chunk))

describe('usage reports', () => {
  it('takes the cached tokens out of the prompt tokens', () => {
    expect(readUsage(usage)).toEqual({
      kind: 'usage',
      tokens: { inputUncached: 6, inputCacheRead: 4, outputText: 5 },
    })
  })

  it('knows where DeepSeek writes the cached tokens', () => {
    expect(readUsage({ prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 9 })).toMatchObject({
      tokens: { inputUncached: 1, inputCacheRead: 9 },
    })
  })

  it.each([
    7,
    {},
    { prompt_tokens: 1 },
    { prompt_tokens: -1, completion_tokens: 1 },
    { prompt_tokens: 1.5, completion_tokens: 1 },
    { prompt_tokens: '1', completion_tokens: 1 },
    { prompt_tokens: 1, completion_tokens: 1e300 },
    { prompt_tokens: 1, completion_tokens: 2 ** 31 },
    { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } },
  ])('does not believe %j', (raw) => {
    expect(readUsage(raw)).toEqual({ kind: 'nonsense' })
  })

  it('knows missing from nonsense', () => {
    expect(readUsage(null)).toEqual({ kind: 'missing' })
  })
})

describe('events of a stream', () => {
  it('need no reading while they only carry text, even text that speaks of usage', () => {
    const text = JSON.stringify({ usage: { prompt_tokens: 1 }, error: 'x' })
    expect(mayMatter(frame({ choices: [{ delta: { content: text } }], usage: null }))).toBe(false)
  })

  it('are read when they carry usage, with or without a space', () => {
    expect(mayMatter(frame({ choices: [], usage }))).toBe(true)
    expect(mayMatter(Buffer.from('data: {"usage" : {"prompt_tokens": 1}}\n\n'))).toBe(true)
    expect(readEvent(frame({ choices: [], usage }))).toMatchObject({ kind: 'usage', only: true })
    expect(readEvent(frame({ choices: [{ delta: {} }], usage }))).toMatchObject({ kind: 'usage', only: false })
  })

  it('are recognised as the end or an error', () => {
    expect(readEvent(frameOf('[DONE]'))).toEqual({ kind: 'done' })
    expect(readEvent(frame({ error: { message: 'x' } }))).toEqual({ kind: 'error' })
    expect(readEvent(Buffer.from(': keepalive\n\n'))).toEqual({ kind: 'other' })
    expect(readEvent(frameOf('{"broken'))).toEqual({ kind: 'other' })
  })

  it('carry the cost when the caller asked for usage', () => {
    expect(String(withCost({ choices: [], usage }, '0.000000123'))).toBe(
      `data: ${JSON.stringify({ choices: [], usage: { ...usage, cost: '0.000000123' } })}\n\n`,
    )
  })

  it('give the texts of each choice', () => {
    const texts = new Map<number, string>()
    gatherTexts(frame({ choices: [{ index: 0, delta: { content: 'Hel' } }] }), texts)
    gatherTexts(
      frame({
        choices: [
          { index: 0, delta: { content: 'lo' } },
          { index: 1, delta: { content: 'x' } },
        ],
      }),
      texts,
    )
    gatherTexts(frame({ choices: [{ index: 1, delta: { tool_calls: [{ function: { arguments: '{}' } }] } }] }), texts)
    expect([...texts]).toEqual([
      [0, 'Hello'],
      [1, 'x{}'],
    ])
  })
})

describe('whole answers', () => {
  it('are no answers when they are HTML, cut short, or without choices', () => {
    for (const body of ['<html>', '{"choices":[', '{"ok":true}', '[]'])
      expect(readWholeAnswer(Buffer.from(body))).toBeUndefined()
  })

  it('give usage and texts', () => {
    const body = {
      choices: [{ message: { content: 'Hi', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] } }],
      usage,
    }
    const answer = readWholeAnswer(Buffer.from(JSON.stringify(body)))
    expect(answer?.usage).toMatchObject({ kind: 'usage' })
    expect(answer?.texts()).toEqual(['Hi', 'f', '{}'])
  })
})
