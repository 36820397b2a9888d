import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Simulated, simulated } from '../simulated.ts'

let sim: Simulated
let claude: Anthropic
beforeAll(async () => {
  sim = await simulated()
  claude = new Anthropic({ baseURL: sim.url, apiKey: 'sk-ant-simulated-1234', maxRetries: 0 })
})
beforeEach(async () => {
  await fetch(`${sim.url}/__sim/reset`, { method: 'POST', headers: { 'content-type': 'application/json' } })
})
afterAll(() => sim.stop())

// 2,000 tokens: every " word" is one.
const long = ' word'.repeat(2_000)
const cached = { cache_control: { type: 'ephemeral' as const } }
const keptLong = { cache_control: { type: 'ephemeral' as const, ttl: '1h' as const } }
type System = Anthropic.TextBlockParam[]

async function usageOf(system: System, messages: Anthropic.MessageParam[], prompt = '[[sim:tokens=10]]') {
  const message = await claude.messages.create({
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    system,
    messages: [...messages, { role: 'user', content: [{ type: 'text', text: prompt }] }],
  })
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, cache_creation } = message.usage
  return { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, cache_creation }
}
const last = async () => (await sim.calls()).at(-1)

it('bills what is written to the cache and read from it at their own prices', async () => {
  // 3 to prime, 3 for the frame of the system prompt and 1 for its name, 2,000 of text; then the prompt of the user.
  const first = await usageOf([{ type: 'text', text: long, ...cached }], [])
  expect(first).toMatchObject({ cache_creation_input_tokens: 2_007, cache_read_input_tokens: 0 })
  // Of Haiku 4.5, USD per million: 1 in, 1.25 written, 0.10 read, 5 out.
  const rest = first.input_tokens
  expect(await last()).toMatchObject({
    promptTokens: 2_007 + rest,
    cacheWrite5mTokens: 2_007,
    billedNano: String(1_000 * rest + 1_250 * 2_007 + 5_000 * 10),
  })
  const second = await usageOf([{ type: 'text', text: long, ...cached }], [])
  expect(second).toMatchObject({ input_tokens: rest, cache_creation_input_tokens: 0, cache_read_input_tokens: 2_007 })
  expect(await last()).toMatchObject({
    promptTokens: 2_007 + rest,
    cacheReadTokens: 2_007,
    billedNano: String(1_000 * rest + 100 * 2_007 + 5_000 * 10),
  })
})

it('keeps what is marked for an hour apart, at twice the price of input', async () => {
  const usage = await usageOf([{ type: 'text', text: long, ...keptLong }], [])
  expect(usage.cache_creation).toEqual({ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 2_007 })
  expect(await last()).toMatchObject({
    cacheWrite1hTokens: 2_007,
    billedNano: String(1_000 * usage.input_tokens + 2_000 * 2_007 + 5_000 * 10),
  })
})

it('reads the longest beginning it knows when a conversation goes on, and not that of another key', async () => {
  const turn = (text: string): Anthropic.MessageParam => ({
    role: 'user',
    content: [{ type: 'text', text, ...cached }],
  })
  const reply: Anthropic.MessageParam = { role: 'assistant', content: 'Yes.' }
  await usageOf([{ type: 'text', text: long }], [turn('One'), reply])
  const next = await usageOf([{ type: 'text', text: long }], [turn('One'), reply, turn('Two'), reply])
  // The frame and the role of the first turn are 4, its text is 1.
  expect(next.cache_read_input_tokens).toBe(2_012)
  expect(next.cache_creation_input_tokens).toBeGreaterThan(0)

  claude = new Anthropic({ baseURL: sim.url, apiKey: 'sk-ant-another-5678', maxRetries: 0 })
  const other = await usageOf([{ type: 'text', text: long }], [turn('One'), reply])
  expect(other.cache_read_input_tokens).toBe(0)
})

it('does not cache less than 1,024 tokens', async () => {
  const usage = await usageOf([{ type: 'text', text: 'Short', ...cached }], [])
  expect(usage).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 0 })
})

it('[[sim:cached=5]] says that 5 tokens of the prompt were cached', async () => {
  const usage = await usageOf([], [], '[[sim:cached=5]] [[sim:tokens=10]]')
  expect(usage.cache_read_input_tokens).toBe(5)
  expect(await last()).toMatchObject({ cacheReadTokens: 5, promptTokens: usage.input_tokens + 5 })
})

it('refuses a fifth mark for the cache', async () => {
  const system = Array.from({ length: 5 }, () => ({ type: 'text' as const, text: 'x', ...cached }))
  await expect(usageOf(system, [])).rejects.toThrow(
    'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  )
})
