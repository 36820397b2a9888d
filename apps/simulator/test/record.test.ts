import { mkdtempSync, readFileSync, appendFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallPage } from '../src/index.ts'
import { type Simulated, ask, json, simulated } from './simulated.ts'

let folder: string
let recordFile: string
let sim: Simulated
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  recordFile = join(folder, 'calls.jsonl')
  sim = await simulated({ recordFile })
})
afterEach(async () => {
  await sim.stop()
  rmSync(folder, { recursive: true })
})

const lines = () =>
  readFileSync(recordFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Reads a stream until it has shown so many tokens, then goes away. */
async function leaveAfter(tokens: number, body: object): Promise<void> {
  const leaving = new AbortController()
  const answer = await sim.post(body, { signal: leaving.signal })
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if ((text.match(/"content":"[^"]+"/g)?.length ?? 0) >= tokens) break
  }
  leaving.abort()
  await expect.poll(async () => (await sim.totals()).aborted, { timeout: 5_000 }).toBe(1)
}

const slowly = ask('[[sim:tps=200]] [[sim:tokens=100]]', { stream: true })

describe('the bill', () => {
  it.each([
    // 8 tokens in, 7 out, at USD per million tokens: 2.50 and 10, 0.15 and 0.60, 0.25 and 2, …
    ['gpt-4o', '90000'],
    ['gpt-4o-mini', '5400'],
    ['gpt-5-mini', '16000'],
    ['gpt-5.5', '250000'],
    ['claude-opus-4-8', '215000'],
    ['claude-haiku-4-5', '43000'],
    ['sim-unpriced', '0'],
  ])('of %s is exact', async (model, billedNano) => {
    await sim.client.chat.completions.create(ask('Hello', { model, max_tokens: 7 }))
    expect(await sim.totals()).toMatchObject({
      calls: 1,
      unpriced: model === 'sim-unpriced' ? 1 : 0,
      promptTokens: 8,
      completionTokens: 7,
      billedNano,
      byStatus: { 200: 1 },
      byModel: { [model]: { calls: 1, billedNano } },
    })
  })

  it('is rounded up once for each call', async () => {
    // 8 × 150,000 + 1 × 600,000 pico-USD is 1,800 nano; three calls are three times that.
    const body = ask('Hello', { model: 'gpt-4o-mini', max_tokens: 1 })
    await Promise.all([1, 2, 3].map(() => sim.client.chat.completions.create(body)))
    expect(await sim.totals()).toMatchObject({ calls: 3, billedNano: '5400' })
  })

  it('is nothing for a call that was refused', async () => {
    await sim.post(ask('[[sim:status=500]]'))
    await sim.post('{')
    await sim.post(ask('Hello', { model: 'gpt-9' }))
    expect(await sim.totals()).toMatchObject({ calls: 3, billedNano: '0', byStatus: { 500: 1, 400: 1, 404: 1 } })
  })
})

describe('a client that leaves in the middle', () => {
  it('is billed what was generated', async () => {
    await leaveAfter(3, slowly)
    const [call] = await sim.calls()
    expect(call).toMatchObject({ end: 'client-left', aborted: true, status: 200, promptTokens: 21 })
    expect(call?.generatedTokens).toBeGreaterThanOrEqual(3)
    expect(call?.generatedTokens).toBeLessThan(100)
    expect(call?.completionTokens).toBe(call?.generatedTokens)
    expect(call?.billedNano).toBe(String(21 * 2_500 + (call?.generatedTokens ?? 0) * 10_000))
  })

  it('is billed everything in mode full', async () => {
    await sim.behave({ abortedBilling: 'full' })
    await leaveAfter(3, slowly)
    expect(await sim.totals()).toMatchObject({ promptTokens: 21, completionTokens: 100, billedNano: '1052500' })
  })

  it('is billed nothing in mode none', async () => {
    await sim.behave({ abortedBilling: 'none' })
    await leaveAfter(3, slowly)
    expect(await sim.totals()).toMatchObject({ promptTokens: 0, completionTokens: 0, billedNano: '0' })
  })
})

describe('the file', () => {
  it('has the call before the client has the end of the answer', async () => {
    const answer = await sim.post(ask('Hello', { stream: true, stream_options: { include_usage: true } }))
    const decoder = new TextDecoder()
    let seen = 0
    for await (const piece of answer.body ?? [])
      if (decoder.decode(piece, { stream: true }).includes('[DONE]')) seen = lines().length
    expect(seen).toBe(1)
  })

  it('keeps what was received, and no prompt and no key', async () => {
    await sim.client.chat.completions.create(ask('A secret prompt', { max_completion_tokens: 9, n: 2 }), {
      headers: { 'x-request-id': 'req_of_the_caller' },
    })
    expect(lines()).toMatchObject([
      {
        seq: 1,
        dialect: 'openai-chat',
        receivedRequestId: 'req_of_the_caller',
        keyLastFour: '1234',
        maxTokens: null,
        maxCompletionTokens: 9,
        n: 2,
        completionTokens: 18,
      },
    ])
    expect(readFileSync(recordFile, 'utf8')).not.toMatch(/secret|sk-simulated/)
  })

  it('has the calls that were still open when the simulator was stopped', async () => {
    const answer = sim.post(ask('[[sim:hang]]'))
    await expect.poll(async () => (await sim.totals()).open, { timeout: 5_000 }).toBe(1)
    await Promise.all([sim.stop({ graceMs: 0 }), expect(answer).rejects.toThrow('fetch failed')])
    expect(lines()).toMatchObject([{ seq: 1, status: 0, end: 'client-left' }])
  })

  it('is read again after a restart, a torn last line left out', async () => {
    await sim.client.chat.completions.create(ask('Hello', { max_tokens: 7 }))
    await sim.stop()
    appendFileSync(recordFile, '{"seq":2,"at"')
    sim = await simulated({ recordFile })
    expect(await sim.totals()).toMatchObject({ calls: 1, billedNano: '90000' })
    await sim.client.chat.completions.create(ask('Hello', { max_tokens: 7 }))
    expect(lines().map(({ seq }) => seq)).toEqual([1, 2])
    expect(await sim.totals()).toMatchObject({ calls: 2, billedNano: '180000' })
  })
})

it('is paged by a cursor', async () => {
  for (let call = 0; call < 5; call += 1) await sim.post(ask('Hello'))
  const page = async (query: string) => json<CallPage>(await fetch(`${sim.url}/__sim/calls?${query}`))
  const first = await page('limit=2')
  expect(first.calls.map(({ seq }) => seq)).toEqual([1, 2])
  const second = await page(`limit=10&after=${first.next}`)
  expect(second.calls.map(({ seq }) => seq)).toEqual([3, 4, 5])
  expect(await page(`after=${second.next}`)).toEqual({ calls: [], next: 5 })
  expect((await fetch(`${sim.url}/__sim/calls?after=x`)).status).toBe(400)
})
