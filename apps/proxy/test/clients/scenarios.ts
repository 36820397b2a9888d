import type { ProviderKind } from '@tollkeeper/domain/policy'
import { expect } from 'vitest'
import type { Client, Connection, Heard } from './client.ts'

/** What stands behind the gateway in a cell. */
export type Behind = {
  kind: ProviderKind
  /** It costs nothing. */
  free: boolean
  /** What is written can be counted as the provider counts it: the model has a public tokenizer. */
  countable: boolean
  embeds: boolean
}

/** An attempt in the ledger; `billed` by the provider, null where its price depends on the hour or on nothing. */
export type Charged = { input: number; output: number; amount: bigint; hold: bigint; billed: bigint | null }

/** What one cell of the table is about: a client, pointed at an organisation with one provider. */
export type Cell = {
  client: Client
  behind: Behind
  to: Connection
  /** The model of that provider. */
  model: string
  /** Its model for embeddings. */
  embedder: string
  /** The simulator's record of the calls of this cell. */
  calls: () => Promise<readonly { status: number; inputTokens: number }[]>
  /** Waits for that many attempts of this organisation in the ledger's stream. */
  attempts: (count: number) => Promise<readonly Charged[]>
}

export type Scenario = {
  name: string
  /** What the organisation is given before: money, or requests per minute. */
  with?: { budget?: string; requestsPerMinute?: number; key?: 'unknown' }
  run: (cell: Cell) => Promise<void>
  /** Why there is no such thing; undefined when there is. */
  absent?: (client: Client, behind: Behind) => string | undefined
}

const user = (text: string, image?: string) => ({ role: 'user' as const, text, ...(image !== undefined && { image }) })

/** A PNG of one pixel. */
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** What the client was told is what the ledger charges for, and what the provider bills. */
async function agrees({ attempts, client }: Cell, heard: Heard, streamed = false): Promise<void> {
  const [attempt] = await attempts(1)
  if (!attempt) throw new Error('No attempt')
  if (!streamed || client.streamUsage === undefined)
    expect(heard.usage).toEqual({ input: attempt.input, output: attempt.output })
  if (attempt.billed !== null) expect(attempt.amount).toBe(attempt.billed)
}

/** The HTTP status that a client's error carries, wherever it keeps it. */
function statusOf(error: unknown): number | undefined {
  const { status, statusCode, lastError, cause } = (error ?? {}) as Record<string, unknown>
  if (typeof status === 'number') return status
  if (typeof statusCode === 'number') return statusCode
  return lastError === undefined && cause === undefined ? undefined : statusOf(lastError ?? cause)
}

/** The status with which a client's call fails. */
async function refusal(call: Promise<unknown>): Promise<number | undefined> {
  const error = await call.then(
    () => {
      throw new Error('The call was answered')
    },
    (thrown: unknown) => thrown,
  )
  const status = statusOf(error)
  if (status === undefined) throw error
  return status
}

const callWeather = { role: 'calls' as const, calls: [{ id: 'call_a1', name: 'weather', input: { city: 'Oslo' } }] }
const toldWeather = {
  role: 'results' as const,
  results: [{ id: 'call_a1', name: 'weather', text: 'Sunny, 21 degrees' }],
}

/**
 * A stream that breaks after seven tokens: the application sees an error, never a short answer that looks whole, and
 * pays what was written. Where nobody but the provider can count that, it is bounded by the bytes.
 */
async function breaks(cell: Cell, mark: string): Promise<void> {
  const turns = [user(`Go on [[sim:tokens=40]] ${mark}`)]
  await expect(cell.client.stream(cell.to, { model: cell.model, turns, retries: 0 })).rejects.toThrow(/./)
  const [attempt] = await cell.attempts(1)
  if (!attempt) throw new Error('No attempt')
  if (cell.behind.countable) expect(attempt.output).toBe(7)
  else expect(attempt.output).toBeGreaterThanOrEqual(7)
  expect(attempt.amount).toBeLessThanOrEqual(attempt.hold)
  if (attempt.billed === null) return
  if (cell.behind.countable) expect(attempt.amount).toBe(attempt.billed)
  else expect(attempt.amount).toBeGreaterThanOrEqual(attempt.billed)
}

/** Each cell of the table, in its order. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'whole',
    async run(cell) {
      const heard = await cell.client.whole(cell.to, { model: cell.model, turns: [user('Hi [[sim:say=Hello there]]')] })
      expect(heard.text).toBe('Hello there')
      await agrees(cell, heard)
    },
  },
  {
    name: 'stream',
    async run(cell) {
      const turns = [user('Hi [[sim:say=one two three four]]')]
      const heard = await cell.client.stream(cell.to, { model: cell.model, turns })
      expect(heard.text).toBe('one two three four')
      await agrees(cell, heard, true)
      const whole = await cell.client.whole(cell.to, { model: cell.model, turns })
      expect(whole.text).toBe(heard.text)
    },
  },
  {
    name: 'tools',
    async run(cell) {
      for (const way of ['whole', 'stream'] as const) {
        const heard = await cell.client[way](cell.to, {
          model: cell.model,
          tool: true,
          turns: [user('Weather? [[sim:tool]]')],
        })
        expect(heard.calls).toEqual([
          { id: expect.stringMatching(/\w/) as string, name: 'weather', input: { city: expect.any(String) as string } },
        ])
      }
    },
  },
  {
    name: 'parallel tools',
    async run(cell) {
      for (const way of ['whole', 'stream'] as const) {
        const heard = await cell.client[way](cell.to, {
          model: cell.model,
          tool: true,
          turns: [user('Weather? [[sim:tool=2]]')],
        })
        expect(heard.calls.map(({ name }) => name)).toEqual(['weather', 'weather'])
        expect(new Set(heard.calls.map(({ id }) => id)).size).toBe(2)
      }
    },
  },
  {
    name: 'tool results',
    async run(cell) {
      const heard = await cell.client.whole(cell.to, {
        model: cell.model,
        tool: true,
        turns: [user('Weather? [[sim:say=Take no umbrella]]'), callWeather, toldWeather],
      })
      expect(heard.text).toBe('Take no umbrella')
      await agrees(cell, heard)
    },
  },
  {
    name: 'image',
    async run(cell) {
      const turns = [user('What is this? [[sim:say=A dot]]', pixel)]
      expect((await cell.client.whole(cell.to, { model: cell.model, turns })).text).toBe('A dot')
    },
  },
  {
    name: 'JSON schema',
    async run(cell) {
      const heard = await cell.client.whole(cell.to, { model: cell.model, schema: true, turns: [user('Where?')] })
      expect(JSON.parse(heard.text)).toEqual({
        city: expect.any(String) as string,
        country: expect.any(String) as string,
      })
    },
  },
  {
    name: 'system',
    async run(cell) {
      const system = 'Answer like a pirate. '.repeat(40)
      const heard = await cell.client.whole(cell.to, { model: cell.model, system, turns: [user('Hi')] })
      expect(heard.text).not.toBe('')
      // All of it reached the provider: it has more than 200 tokens.
      expect((await cell.calls())[0]?.inputTokens).toBeGreaterThan(200)
    },
  },
  {
    name: 'multi-turn',
    async run(cell) {
      const turns = [
        user('Tell me. '.repeat(60)),
        { role: 'assistant' as const, text: 'Told. '.repeat(60) },
        user('And?'),
      ]
      const heard = await cell.client.whole(cell.to, { model: cell.model, turns })
      expect(heard.text).not.toBe('')
      expect((await cell.calls())[0]?.inputTokens).toBeGreaterThan(250)
    },
  },
  {
    name: 'abort',
    async run(cell) {
      const turns = [user('Go on [[sim:tokens=40]] [[sim:tps=200]]')]
      const heard = await cell.client.stream(cell.to, { model: cell.model, turns, leaveAfter: 3 })
      expect(heard.text).not.toBe('')
      // Drained to its usage report: all 40 tokens are paid, as the provider bills them.
      const [attempt] = await cell.attempts(1)
      expect(attempt?.output).toBe(40)
      if (attempt && attempt.billed !== null) expect(attempt.amount).toBe(attempt.billed)
    },
  },
  {
    name: '401',
    with: { key: 'unknown' },
    async run({ client, to, model }) {
      expect(await refusal(client.whole(to, { model, turns: [user('Hi')] }))).toBe(401)
    },
  },
  {
    name: '402',
    absent: (_, { free }) => (free ? 'what costs nothing is never refused for money' : undefined),
    with: { budget: '0.000001' },
    async run(cell) {
      // By its own defaults: a refusal for money is sent once, and nothing reaches the provider.
      expect(await refusal(cell.client.whole(cell.to, { model: cell.model, turns: [user('Hi')] }))).toBe(402)
      expect(await cell.calls()).toEqual([])
    },
  },
  {
    name: '404 model',
    async run({ client, to }) {
      expect(await refusal(client.whole(to, { model: 'no-such-model', turns: [user('Hi')], retries: 0 }))).toBe(404)
    },
  },
  {
    name: '429',
    with: { requestsPerMinute: 1 },
    async run({ client, to, model }) {
      await client.whole(to, { model, turns: [user('Hi')] })
      expect(await refusal(client.whole(to, { model, turns: [user('Hi')], retries: 0 }))).toBe(429)
    },
  },
  {
    name: '500 before',
    async run(cell) {
      const turns = [user('Hi [[sim:status=500]]')]
      const status = await refusal(cell.client.whole(cell.to, { model: cell.model, turns, retries: 0 }))
      expect([503, 529]).toContain(status)
      const attempts = await cell.attempts((await cell.calls()).length)
      expect(attempts.every(({ amount }) => amount === 0n)).toBe(true)
    },
  },
  { name: '500 after', run: (cell) => breaks(cell, '[[sim:fail=7]]') },
  { name: 'cut stream', run: (cell) => breaks(cell, '[[sim:cut=7]]') },
  { name: 'stream without end', run: (cell) => breaks(cell, '[[sim:cut=7;close]]') },
  {
    name: 'count tokens',
    absent: ({ countTokens }) => (countTokens ? undefined : 'the client has no such call'),
    async run({ client, to, model }) {
      expect(await client.countTokens?.(to, { model, turns: [user('Hi there')] })).toBeGreaterThan(1)
    },
  },
  {
    name: 'models',
    absent: ({ models }) => (models ? undefined : 'the client has no such call'),
    async run({ client, to, model }) {
      expect(await client.models?.(to)).toContain(model)
    },
  },
  {
    name: 'embeddings',
    absent: ({ embed }, { embeds }) =>
      embed ? (embeds ? undefined : 'the provider has no embeddings') : 'the client has no such call',
    async run({ client, to, embedder }) {
      const vectors = await client.embed?.(to, embedder, ['one', 'two'])
      expect(vectors).toHaveLength(2)
      expect(vectors?.[0]?.length).toBeGreaterThan(100)
      expect(vectors?.[0]).not.toEqual(vectors?.[1])
    },
  },
]
