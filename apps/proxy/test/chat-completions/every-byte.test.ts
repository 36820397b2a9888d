import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aBudget, aKey, aModel, aPolicy, aProvider } from '@tollkeeper/testbed/builders'
import { says } from '../world/ask.ts'
import { chatBytes, openRaw } from '../world/raw.ts'
import { startReplay, type AtTheByte } from '../world/replay.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  // Every call breaks here: a breaker would keep most of them from the provider.
  world = await startWorld({ env: { CIRCUIT_BREAKER_ENABLED: 'false' } })
})
afterAll(() => world.stop())

/** Prompts whose answers are recorded: plain text, characters of several bytes, two choices in turns, a tool call. */
const prompts: Readonly<Record<string, object>> = {
  'plain text': says('Hi [[sim:tokens=7]]', { max_tokens: 40 }),
  'characters of several bytes': says('Hi [[sim:say=Hyvää yötä, 東京 🦆]]', { max_tokens: 40 }),
  'two choices': says('Hi [[sim:tokens=3]]', { n: 2, max_tokens: 40 }),
  'a tool call': says('Hi [[sim:tool]]', { tools: [aTool()], max_tokens: 60 }),
}

function aTool() {
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
  return { type: 'function', function: { name: 'weather', parameters } }
}

/** The bytes with which the simulated provider answers a prompt, with a report of its usage. */
async function recordingOf(prompt: object): Promise<Buffer> {
  const body = { ...prompt, model: 'gpt-4o-mini', stream: true, stream_options: { include_usage: true } }
  const response = await fetch(`${world.simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

type Delta = { content?: string; tool_calls?: { function?: { name?: string; arguments?: string } }[] }
type Frame = {
  choices: { index: number; delta: Delta }[]
  usage?: { prompt_tokens: number; completion_tokens: number } | null
}

const frames = (bytes: Buffer): Frame[] =>
  bytes
    .toString('utf8')
    .split('\n\n')
    .slice(0, -1)
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice(6)) as Frame)

const promptTokensOf = (recording: Buffer): number => frames(recording).at(-1)?.usage?.prompt_tokens ?? 0

/**
 * What must be charged for the first bytes of a recording, by a rule of its own: the report if it was among them, else
 * the tokens of what whole events said. Null: not one event came whole, so nobody knows and the hold is charged. Prices of gpt-4o-mini, in nano-USD.
 */
function oracle(recording: Buffer, bytes: number): bigint | null {
  const seen = frames(recording.subarray(0, bytes))
  const usage = seen.at(-1)?.usage
  if (usage) return BigInt(usage.prompt_tokens) * 150n + BigInt(usage.completion_tokens) * 600n
  const texts = new Map<string, string>()
  const add = (name: string, text: string | undefined) => texts.set(name, (texts.get(name) ?? '') + (text ?? ''))
  for (const { choices } of seen) {
    for (const { index, delta } of choices) {
      add(`${index}`, delta.content)
      for (const call of delta.tool_calls ?? []) {
        add(`${index} name`, call.function?.name)
        add(`${index} arguments`, call.function?.arguments)
      }
    }
  }
  if (seen.length === 0) return null
  let output = 0
  for (const text of texts.values()) output += countTokens(text)
  return BigInt(promptTokensOf(recording)) * 150n + BigInt(output) * 600n
}

async function organisationOf(url: string) {
  const provider = aProvider(url)
  const policy = aPolicy(url, { providers: [provider], models: [aModel(provider)] })
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '1000')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, budget, key }
}

const lanes = 16

/** Asks once for every byte of a recording, some at a time. `finish` reads the answer or leaves it. */
async function atEveryByte(recording: Buffer, ask: (at: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let at = next++; at < recording.length; at = next++) await ask(at)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

describe.each(Object.keys(prompts))('a stream of %s', (name) => {
  it('that the client leaves at any byte is charged what the provider reports in the end', async () => {
    const prompt = prompts[name] ?? {}
    const recording = await recordingOf(prompt)
    const leave = new Map<number, () => Promise<void>>()
    const atTheByte: AtTheByte = async (at) => leave.get(at)?.()
    const replay = await startReplay(recording, atTheByte)
    const { policy, budget, key } = await organisationOf(replay.url)

    await atEveryByte(recording, async (at) => {
      const raw = await openRaw(world.url)
      const left = new Promise<void>((resolve) => {
        leave.set(at, async () => {
          raw.socket.destroy()
          resolve()
        })
      })
      raw.socket.write(chatBytes(world.url, key.secret, { ...prompt, stream: true, user: `${at}` }))
      await left
    })

    const { attempts } = await untilAttempts(world, policy, recording.length)
    const full = oracle(recording, recording.length)
    expect(new Set(attempts.map(({ attemptId }) => attemptId)).size).toBe(recording.length)
    expect(attempts.filter(({ amount }) => amount !== full)).toEqual([])
    expect(attempts.filter(({ result }) => result.usageSource !== 'reported')).toEqual([])
    const spent = BigInt(recording.length) * (full ?? 0n)
    expect((await world.balances(policy))[budget.id]).toMatchObject({ used: spent, held: 0n })
    await replay.stop()
  })

  it('that breaks at any byte is charged for what was said until then, and the client is told', async () => {
    const prompt = prompts[name] ?? {}
    const recording = await recordingOf(prompt)
    const replay = await startReplay(recording, 'break')
    const { policy, budget, key } = await organisationOf(replay.url)
    const unaware: number[] = []

    await atEveryByte(recording, async (at) => {
      const response = await fetch(`${world.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...prompt, stream: true, user: `${at}` }),
      })
      const text = await response.text()
      const told = response.status !== 200 || text.includes('"error":')
      if (!told && !text.endsWith('data: [DONE]\n\n')) unaware.push(at)
    })
    expect(unaware).toEqual([])

    const { attempts } = await untilAttempts(world, policy, recording.length)
    const charged = new Map(attempts.map((attempt) => [attempt.attemptId as string, attempt]))
    const wrong: object[] = []
    let spent = 0n
    for (const { id, at } of replay.calls) {
      const attempt = charged.get(id)
      const expected = oracle(recording, at) ?? attempt?.hold
      spent += attempt?.amount ?? 0n
      if (attempt?.amount !== expected) wrong.push({ at, charged: attempt?.amount, expected })
    }
    expect(wrong).toEqual([])
    expect(replay.calls.length).toBe(recording.length)
    expect((await world.balances(policy))[budget.id]).toMatchObject({ used: spent, held: 0n })
    await replay.stop()
  })
})
