import { describe, expect, it } from 'vitest'
import { readResponsesRequest } from './request.ts'
import { fromNeutral } from './from-neutral.ts'
import { toNeutral } from './to-neutral.ts'
import { upstreamBody } from './body.ts'
import { readAnswer, writeAnswer } from './whole.ts'

const tool = { type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: true }
const request = {
  model: 'gpt-4o',
  instructions: 'Be short.',
  input: [
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Weather?' },
        { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'low' },
      ],
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
    { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: 'Sunny' }] },
  ],
  tools: [tool],
  tool_choice: { type: 'function', name: 'weather' },
  parallel_tool_calls: false,
  text: { format: { type: 'json_schema', name: 'x', schema: { type: 'object' }, strict: true } },
  temperature: 0.5,
  top_p: 0.9,
  reasoning: { effort: 'low' },
  user: 'u-1',
  max_output_tokens: 100,
  store: false,
  stream: true,
}

it('is the same request when it comes back from the neutral form', () => {
  expect(fromNeutral(toNeutral(readResponsesRequest(request))).body).toEqual(request)
})

describe('thoughts of another maker', () => {
  const answer = {
    id: 'msg_1',
    model: 'claude-haiku-4-5',
    parts: [
      { kind: 'thinking' as const, text: 'Hm.', signature: 'c2ln' },
      { kind: 'text' as const, text: 'Yes.' },
    ],
    finish: 'stop' as const,
    stopSequence: null,
    usage: { kind: 'usage' as const, tokens: { inputUncached: 8, outputText: 3 }, reasoning: 1 },
  }
  const output = () => (JSON.parse(writeAnswer(answer, 0).toString()) as { output: object[] }).output
  const next = () =>
    readResponsesRequest({
      model: 'x',
      input: [{ role: 'user', content: 'Hi' }, ...output(), { role: 'user', content: 'And?' }],
    })

  it('come back to them with their signature', () => {
    expect(toNeutral(next()).turns[1]).toEqual({ role: 'assistant', parts: answer.parts })
  })

  it('are not sent to a maker who could not read them', () => {
    const body = upstreamBody(next()).render({ model: 'x', capField: '', maxOutputTokens: 16 }).toString()
    expect(body).toContain('"Yes."')
    expect(body).not.toContain('reasoning')
  })

  it('are read again from a whole answer', () => {
    expect(readAnswer(writeAnswer(answer, 0))?.answer().parts).toEqual(answer.parts)
  })
})
