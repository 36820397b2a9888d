import { expect, it } from 'vitest'
import { readVectors } from './answer.ts'

const list = (rest: object) =>
  Buffer.from(JSON.stringify({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5] }], ...rest }))
const eight = { prompt_tokens: 8, total_tokens: 8 }
const ofEight = { kind: 'usage', tokens: { inputUncached: 8, outputText: 0 } }

it('finds the usage behind the vectors, and before them', () => {
  expect(readVectors(list({ model: 'x', usage: eight }))?.usage).toEqual(ofEight)
  const before = Buffer.from(JSON.stringify({ usage: eight, data: [] }))
  expect(readVectors(before)?.usage).toEqual(ofEight)
})

it('says when there is no usage, or none that can be believed', () => {
  expect(readVectors(list({}))?.usage).toEqual({ kind: 'missing' })
  expect(readVectors(list({ usage: { prompt_tokens: -8 } }))?.usage).toEqual({ kind: 'nonsense' })
  expect(readVectors(list({ usage: { total_tokens: 8 } }))?.usage).toEqual({ kind: 'nonsense' })
})

it.each(['', '<html>', '{"usage":{}', '{"usage":{"prompt_tokens":8}}', '[]', '{"data":1}'])(
  'takes %s for no answer',
  (text) => {
    expect(readVectors(Buffer.from(text))).toBeUndefined()
  },
)
