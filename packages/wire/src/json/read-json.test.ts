import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '@tollkeeper/domain/failure'
import { readJson } from './index.ts'

const refusal = (body: string | Buffer): string => {
  try {
    readJson(Buffer.from(body as string))
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message.replace(/^.*?: /, '')}`
    throw error
  }
  throw new Error('was read')
}

describe('the strict JSON door', () => {
  it.each<[string, string]>([
    ['', 'invalid_json: it is empty.'],
    ['\ufeff{}', 'invalid_json: it begins with a byte order mark.'],
    ['{"a":1,}', 'invalid_json: unexpected character at position 7.'],
    ['// no\n{}', 'invalid_json: unexpected character at position 0.'],
    ['NaN', 'invalid_json: unexpected character at position 0.'],
    ['01', 'invalid_json: unexpected character at position 1.'],
    ['{} {}', 'invalid_json: unexpected character at position 3.'],
    ['{"a":"x', 'invalid_json: it ends inside a string.'],
    ['{"a":', 'invalid_json: it ends too early.'],
    ['{"a":"\\x"}', 'invalid_json: unexpected character at position 6.'],
    ['{"a":"\u0001"}', 'invalid_json: unexpected character at position 6.'],
    ['{"max_tokens":1,"max_tokens":2}', 'invalid_json: the key at position 16 is there twice.'],
    ['[{"a":{"b":1,"\\u0062":2}}]', 'invalid_json: the key at position 13 is there twice.'],
    ['{"a":{"__proto__":{"x":1}}}', 'invalid_json: the key "__proto__" is not allowed.'],
    ['{"constructor":{"prototype":{}}}', 'invalid_json: the key "constructor.prototype" is not allowed.'],
    ['[1e400]', 'invalid_json: a number in it is too large.'],
  ])('refuses %j', (body, says) => {
    expect(refusal(body)).toBe(says)
  })

  it('refuses bytes that are not UTF-8: a stray byte, an encoded surrogate, an overlong form', () => {
    for (const bytes of [[0xff], [0xed, 0xa0, 0x80], [0xc0, 0xaf]])
      expect(refusal(Buffer.from([0x22, ...bytes, 0x22]))).toBe('invalid_json: it is not valid UTF-8.')
  })

  it('takes 64 levels and refuses 65, and 5,000,000 without a stack', () => {
    expect(readJson(Buffer.from('['.repeat(64) + ']'.repeat(64)))).toHaveLength(1)
    for (const levels of [65, 5_000_000]) expect(refusal('['.repeat(levels))).toMatch(/^too_deep/)
  })

  it('leaves other odd keys alone', () => {
    const body = '{"toString":1,"hasOwnProperty":{},"then":"x","constructor":"y"}'
    expect(JSON.stringify(readJson(Buffer.from(body)))).toBe(body)
  })

  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        fc.pre(!text.includes('__proto__'))
        expect(readJson(Buffer.from(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('says where, and never what, for every text cut short', () => {
    const text = '{"messages":[{"role":"user","content":"topsecret"}],"n":1.5e3}'
    for (let length = 1; length < text.length; length += 1)
      expect(refusal(text.slice(0, length))).not.toContain('topsecret')
  })
})
