import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Simulated, ask, simulated } from './simulated.ts'

let sim: Simulated
beforeAll(async () => {
  sim = await simulated()
})
afterAll(() => sim.stop())

const whole = (prompt: string, rest: object = {}) => sim.client.chat.completions.create(ask(prompt, rest))

it('[[sim:status=529]] answers with that status and an error of OpenAI', async () => {
  const answer = await sim.post(ask('[[sim:status=529;retry-after=3]]', { stream: true }))
  expect(answer.status).toBe(529)
  expect(answer.headers.get('retry-after')).toBe('3')
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.json()).toEqual({
    error: { message: 'The simulator was told to answer 529.', type: 'overloaded_error', param: null, code: null },
  })
})

it('[[sim:say=…]] and [[sim:tokens=…]] are exact', async () => {
  const said = await whole('x [[sim:say=Hello; [a] world!]] y')
  expect(said.choices[0]?.message.content).toBe('Hello; [a] world!')
  expect((await whole('[[sim:tokens=123]]')).usage?.completion_tokens).toBe(123)
  expect((await whole('[[sim:tokens=0]]')).choices[0]?.message.content).toBe('')
})

it('[[sim:worst]] gives exactly what the request allows, times n, else what the model can', async () => {
  const capped = await whole('[[sim:worst]]', { max_tokens: 250, n: 2 })
  expect(capped.usage?.completion_tokens).toBe(500)
  expect(capped.choices[0]?.finish_reason).toBe('length')
  const uncapped = await whole('[[sim:worst]]', { model: 'deepseek-chat' })
  expect(uncapped.usage?.completion_tokens).toBe(8_192)
})

it('[[sim:cut=4]] breaks a stream after 4 tokens', async () => {
  const answer = await sim.post(ask('[[sim:cut=4]]', { stream: true }))
  let text = ''
  const decoder = new TextDecoder()
  const read = async () => {
    for await (const piece of answer.body ?? []) text += decoder.decode(piece, { stream: true })
  }
  await expect(read()).rejects.toThrow('terminated')
  expect(text.match(/"content":"[^"]+"/g)).toHaveLength(4)
  expect(text).not.toContain('[DONE]')
})

it('[[sim:cut=4]] breaks a whole answer before its first byte', async () => {
  await expect(sim.post(ask('[[sim:cut=4]]'))).rejects.toThrow('fetch failed')
  expect((await sim.calls()).at(-1)).toMatchObject({ status: 0, end: 'cut', generatedTokens: 4 })
})

it('[[sim:hang]] accepts the call and says nothing until the client leaves', async () => {
  const leaving = new AbortController()
  const answer = sim.post(ask('[[sim:hang]]'), { signal: leaving.signal })
  await expect.poll(async () => (await sim.totals()).open, { timeout: 5_000 }).toBe(1)
  leaving.abort()
  await expect(answer).rejects.toThrow('aborted')
  await expect.poll(async () => (await sim.totals()).open, { timeout: 5_000 }).toBe(0)
  expect((await sim.calls()).at(-1)).toMatchObject({ status: 0, end: 'client-left', billedNano: '0' })
})

it.each(['slow=400', 'tps=50', 'slow=200]] [[sim:tps=100'])(
  '[[sim:%s]] makes an answer end after a quicker one that was asked for later',
  async (mark) => {
    const ended: string[] = []
    const run = async (name: string, prompt: string, stream: boolean) => {
      await (await sim.post(ask(`[[sim:tokens=20]] ${prompt}`, { stream }))).text()
      ended.push(name)
    }
    for (const stream of [true, false]) {
      const slow = run('slow', `[[sim:${mark}]]`, stream)
      await run('quick', '', stream)
      await slow
    }
    expect(ended).toEqual(['quick', 'slow', 'quick', 'slow'])
  },
)

it.each([
  ['missing', undefined],
  ['zero', [0, 0]],
  ['negative', [-21, -20]],
  ['huge', [1_000_000_000_000, 1_000_000_000_000]],
])('[[sim:usage=%s]] lies to the client and not to the record', async (lie, reported) => {
  const answer = await whole(`[[sim:usage=${lie}]] [[sim:tokens=20]]`)
  const { usage } = answer
  expect(usage && [usage.prompt_tokens, usage.completion_tokens]).toEqual(reported)
  expect((await sim.calls()).at(-1)).toMatchObject({ completionTokens: 20 })
})

it('[[sim:usage=twice]] sends the usage chunk of a stream twice', async () => {
  const body = ask('[[sim:usage=twice]]', { stream: true, stream_options: { include_usage: true } })
  const text = await (await sim.post(body)).text()
  expect(text.match(/"choices":\[\],"usage":\{/g)).toHaveLength(2)
})

it('only the last message of the user is looked at', async () => {
  const answer = await whole('', {
    messages: [
      { role: 'user', content: '[[sim:status=500]]' },
      { role: 'assistant', content: '[[sim:status=500]]' },
      { role: 'user', content: [{ type: 'text', text: '[[sim:say=fine]]' }] },
    ],
  })
  expect(answer.choices[0]?.message.content).toBe('fine')
})

it.each(['[[sim:nonsense]]', '[[sim:status=200]]', '[[sim:tokens=-1]]', '[[sim:worst=1]]', '[[sim:usage=odd]]'])(
  '%s is refused as a mistake',
  async (mark) => {
    await expect(whole(mark)).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' })
  },
)
