import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Simulated, simulated } from './simulated.ts'

let sim: Simulated
beforeAll(async () => {
  sim = await simulated()
})
afterAll(() => sim.stop())

const model = 'text-embedding-3-small'
const embed = async (input: string | string[] | number[], rest: object = {}) =>
  sim.client.embeddings.create({ model, input, ...rest })
const vector = async (text: string) => (await embed(text)).data[0]?.embedding ?? []
const cosine = (one: number[], other: number[]) => one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)

it('gives one unit vector for each input, and bills their tokens of cl100k_base alone', async () => {
  const answer = await embed(['Hello', 'Hello world'])
  expect(answer).toMatchObject({ object: 'list', model, usage: { prompt_tokens: 3, total_tokens: 3 } })
  expect(answer.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
    [0, 1_536],
    [1, 1_536],
  ])
  for (const { embedding } of answer.data) expect(cosine(embedding, embedding)).toBeCloseTo(1, 5)
  // USD 0.02 per million tokens: 20 nano-USD each.
  expect((await sim.calls()).at(-1)).toMatchObject({
    dialect: 'openai-embeddings',
    promptTokens: 3,
    completionTokens: 0,
    billedNano: '60',
  })
})

it('gives the same vector as floats and as base64, which the official client asks for', async () => {
  const asked = { model, input: 'Hello' }
  const floats = await sim.client.embeddings.create({ ...asked, encoding_format: 'float' })
  expect(await vector('Hello')).toEqual(floats.data[0]?.embedding.map((value) => Math.fround(value)))
})

it('puts texts near each other that share words', async () => {
  const [one, near, far] = [
    await vector('How do I reset my password?'),
    await vector('how can I reset my password'),
    await vector('The quarterly report is late'),
  ]
  expect(cosine(one, near)).toBeGreaterThan(0.6)
  expect(cosine(one, far)).toBeLessThan(0.3)
})

it('takes tokens, and fewer dimensions', async () => {
  const answer = await embed([9_906], { dimensions: 8 })
  expect([answer.usage.prompt_tokens, answer.data[0]?.embedding.length]).toEqual([1, 8])
})

it.each<[string, string, () => Promise<unknown>]>([
  ['an empty text', 'input', () => embed('')],
  ['no inputs', 'input', () => embed([])],
  ['too many dimensions', 'dimensions', () => embed('x', { dimensions: 1_537 })],
  ['a text longer than the model reads', 'input', () => embed('word '.repeat(8_200))],
])('%s is 400 and names the part at fault', async (_, param, call) => {
  await expect(call()).rejects.toMatchObject({ status: 400, param })
})

it('does not chat with a model that embeds, nor embed with one that chats', async () => {
  await expect(embed('x', { model: 'gpt-4o' })).rejects.toMatchObject({ status: 404 })
  const chat = sim.client.chat.completions.create({ model, messages: [{ role: 'user', content: 'x' }] })
  await expect(chat).rejects.toMatchObject({ status: 404 })
})
