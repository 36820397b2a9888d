import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Simulated, ask, simulated } from './simulated.ts'

let sim: Simulated
beforeAll(async () => {
  sim = await simulated()
})
afterAll(() => sim.stop())

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { enum: ['celsius'] },
        days: { type: 'integer', minimum: 3, maximum: 3 },
        note: { type: 'string' },
      },
      required: ['city', 'unit', 'days'],
    },
  },
}

async function streamed(body: ReturnType<typeof ask>) {
  const chunks = []
  for await (const chunk of await sim.client.chat.completions.create({ ...body, stream: true })) chunks.push(chunk)
  return chunks
}

describe('a whole answer', () => {
  it('has the shape of OpenAI and counts a prompt of one word as 8 tokens', async () => {
    const answer = await sim.client.chat.completions.create(ask('Hello'))
    expect(answer.id).toMatch(/^chatcmpl-[0-9a-f]{29}$/)
    expect(answer).toMatchObject({ object: 'chat.completion', model: 'gpt-4o' })
    expect(answer.choices).toHaveLength(1)
    expect(answer.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop', logprobs: null })
    expect(answer.usage).toMatchObject({
      prompt_tokens: 8,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    })
    expect(answer.usage?.completion_tokens).toBeGreaterThanOrEqual(20)
    expect(answer.usage?.completion_tokens).toBeLessThanOrEqual(60)
  })

  it('is the same for the same prompt and another for another prompt', async () => {
    const text = async (prompt: string) =>
      (await sim.client.chat.completions.create(ask(prompt))).choices[0]?.message.content
    expect(await text('first')).toBe(await text('first'))
    expect(await text('first')).not.toBe(await text('second'))
  })

  it('stops at the cap and says so', async () => {
    const answer = await sim.client.chat.completions.create(ask('Hello', { max_completion_tokens: 5 }))
    expect(answer.choices[0]?.finish_reason).toBe('length')
    expect(answer.usage?.completion_tokens).toBe(5)
  })

  it('bills every one of n choices', async () => {
    const answer = await sim.client.chat.completions.create(ask('[[sim:tokens=7]]', { n: 3 }))
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(new Set(answer.choices.map(({ message }) => message.content)).size).toBe(3)
    expect(answer.usage?.completion_tokens).toBe(21)
  })

  it('fills the required properties of a JSON schema', async () => {
    const json_schema = { name: 'weather', schema: weather.function.parameters }
    const answer = await sim.client.chat.completions.create(
      ask('Hello', { response_format: { type: 'json_schema', json_schema } }),
    )
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toMatchObject({ unit: 'celsius', days: 3 })
  })
})

describe('a streamed answer', () => {
  it('has the text and the usage of the whole one, one token a chunk', async () => {
    const whole = await sim.client.chat.completions.create(ask('A question'))
    const chunks = await streamed(ask('A question', { stream_options: { include_usage: true } }))
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
    // Opening, one for each token, finish, usage.
    expect(chunks).toHaveLength((whole.usage?.completion_tokens ?? 0) + 3)
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
  })

  it('says nothing of usage when it was not asked to, and ends with [DONE]', async () => {
    const text = await (await sim.post(ask('Hello', { stream: true }))).text()
    expect(text).not.toContain('usage')
    expect(text.endsWith('\n\ndata: [DONE]\n\n')).toBe(true)
  })

  it('comes in several pieces', async () => {
    const answer = await sim.post(ask('[[sim:tokens=40]]', { stream: true }))
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    let pieces = 0
    for await (const _ of answer.body ?? []) pieces += 1
    expect(pieces).toBeGreaterThan(3)
  })

  it('streams n choices in turns', async () => {
    const chunks = await streamed(ask('[[sim:tokens=2]]', { n: 2, stream_options: { include_usage: true } }))
    expect(chunks.map((chunk) => chunk.choices[0]?.index)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, undefined])
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(4)
  })

  it('never breaks a character that takes several tokens', async () => {
    const said = '𝔘𐍈 naïve 漢字 👩‍👩‍👧 end'
    const chunks = await streamed(ask(`[[sim:say=${said}]]`))
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(said)
  })
})

describe('tools', () => {
  it('are called when the prompt has the mark, with the required arguments', async () => {
    const answer = await sim.client.chat.completions.create(ask('Weather? [[sim:tool]]', { tools: [weather] }))
    const [choice] = answer.choices
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } })
    const call = choice?.message.tool_calls?.[0]
    if (call?.type !== 'function') throw new Error('no function call')
    expect(call.id).toMatch(/^call_[0-9a-z]{24}$/)
    expect(call.function.name).toBe('get_weather')
    const args = JSON.parse(call.function.arguments)
    expect(Object.keys(args)).toEqual(['city', 'unit', 'days'])
    expect(args).toMatchObject({ unit: 'celsius', days: 3 })
  })

  it('stream the same call, with the same usage', async () => {
    const body = ask('Weather?', { tools: [weather], tool_choice: 'required' })
    const whole = await sim.client.chat.completions.create(body)
    const stream = sim.client.chat.completions.stream({ ...body, stream_options: { include_usage: true } })
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]?.finish_reason).toBe('tool_calls')
    const [called] = final.choices[0]?.message.tool_calls ?? []
    const [wanted] = whole.choices[0]?.message.tool_calls ?? []
    expect(wanted).toMatchObject({ function: { name: 'get_weather' } })
    expect(called).toMatchObject({ ...wanted })
    expect(final.usage).toEqual(whole.usage)
  })

  it('are left alone without mark or force, with tool_choice none, and after a tool result', async () => {
    const reasons = []
    for (const body of [
      ask('Weather?', { tools: [weather] }),
      ask('Weather? [[sim:tool]]', { tools: [weather], tool_choice: 'none' }),
      ask('', {
        tools: [weather],
        messages: [
          { role: 'user', content: 'Weather? [[sim:tool]]' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: 'call_1', content: 'Rain' },
        ],
      }),
    ])
      reasons.push((await sim.client.chat.completions.create(body)).choices[0]?.finish_reason)
    expect(reasons).toEqual(['stop', 'stop', 'stop'])
  })

  it('never take more than the cap', async () => {
    const body = ask('Weather?', { tools: [weather], tool_choice: 'required' })
    for (const cap of [1, 2, 3, 6]) {
      const answer = await sim.client.chat.completions.create({ ...body, max_tokens: cap })
      expect(answer.usage?.completion_tokens).toBe(cap)
      expect(answer.choices[0]?.finish_reason).toBe('length')
    }
  })
})

describe('models', () => {
  it('are listed with their owner', async () => {
    const list = await sim.client.models.list()
    expect(Object.fromEntries(list.data.map(({ id, owned_by }) => [id, owned_by]))).toEqual({
      'gpt-5.5': 'openai',
      'gpt-5-mini': 'openai',
      'gpt-4o': 'openai',
      'gpt-4o-mini': 'openai',
      'claude-opus-4-8': 'anthropic',
      'claude-sonnet-4-6': 'anthropic',
      'claude-haiku-4-5': 'anthropic',
      'deepseek-chat': 'deepseek',
      'text-embedding-3-small': 'openai',
      'text-embedding-3-large': 'openai',
      'sim-unpriced': 'simulator',
    })
  })

  it('are found one by one, and an unknown one is not', async () => {
    expect((await sim.client.models.retrieve('claude-haiku-4-5')).owned_by).toBe('anthropic')
    await expect(sim.client.models.retrieve('gpt-9')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })
})
