import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ErrorBody, type Simulated, ask, json, simulated } from './simulated.ts'

let sim: Simulated
beforeAll(async () => {
  sim = await simulated()
})
afterAll(() => sim.stop())

const tools = [{ type: 'function', function: { name: 'one' } }]

it.each<[string, unknown, string | null]>([
  ['no JSON', '{"model":', null],
  ['an empty body', '', null],
  ['an array', [], null],
  ['no messages', { model: 'gpt-4o' }, 'messages'],
  ['an unknown role', ask('', { messages: [{ role: 'bob', content: 'x' }] }), 'messages[0].role'],
  ['content of the wrong type', ask('', { messages: [{ role: 'user', content: 5 }] }), 'messages[0].content'],
  ['max_tokens 0', ask('x', { max_tokens: 0 }), 'max_tokens'],
  ['max_tokens 1.5', ask('x', { max_tokens: 1.5 }), 'max_tokens'],
  ['max_tokens as text', ask('x', { max_tokens: '16' }), 'max_tokens'],
  ['max_tokens above the model', ask('x', { max_tokens: 16_385 }), 'max_tokens'],
  ['both caps', ask('x', { max_tokens: 5, max_completion_tokens: 5 }), 'max_tokens'],
  ['n 129', ask('x', { n: 129 }), 'n'],
  ['temperature 3', ask('x', { temperature: 3 }), 'temperature'],
  ['stream as text', ask('x', { stream: 'true' }), 'stream'],
  ['stream_options without stream', ask('x', { stream_options: { include_usage: true } }), 'stream_options'],
  ['tool_choice without tools', ask('x', { tool_choice: 'required' }), 'tool_choice'],
  ['an unknown tool', ask('x', { tools, tool_choice: { type: 'function', function: { name: 'two' } } }), 'tool_choice'],
])('%s is 400 and names the part at fault', async (_, body, param) => {
  const answer = await sim.post(body)
  expect(answer.status).toBe(400)
  const { error } = await json<ErrorBody>(answer)
  expect(error).toMatchObject({ type: 'invalid_request_error', param })
  expect(error.message).toEqual(expect.any(String))
})

it('an unknown model is 404', async () => {
  const answer = await sim.post(ask('x', { model: 'gpt-9' }))
  expect(answer.status).toBe(404)
  expect((await json<ErrorBody>(answer)).error).toMatchObject({ code: 'model_not_found' })
})

it('a body above 32 MiB is 413', async () => {
  const answer = await sim.post(`{"model":"${'x'.repeat(33 * 1024 * 1024)}"}`)
  expect(answer.status).toBe(413)
})

it('an unknown path is 404 and a wrong method 405', async () => {
  expect((await fetch(`${sim.url}/v1/nothing`)).status).toBe(404)
  expect((await fetch(`${sim.url}/v1/models/%zz`)).status).toBe(404)
  expect((await fetch(`${sim.url}/v1/chat/completions`)).status).toBe(405)
})
