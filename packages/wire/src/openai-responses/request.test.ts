import { describe, expect, it } from 'vitest'
import { readResponsesRequest } from './request.ts'

const asks = (more: object) => readResponsesRequest({ model: 'gpt-5.5', input: 'Hi', ...more })

describe('tools of a response', () => {
  it('may be searched for by the caller itself, which has no price of its own', () => {
    const search = { type: 'tool_search', execution: 'client', description: 'Finds tools', parameters: {} }
    expect(asks({ tools: [search] }).definitions).toEqual([[search]])
    const input = [
      { role: 'user', content: 'Hi' },
      { type: 'tool_search_call', call_id: 'c1', execution: 'client', arguments: { query: 'mail' } },
      { type: 'tool_search_output', call_id: 'c1', execution: 'client', tools: [{ type: 'function', name: 'send' }] },
    ]
    // What was found is read by the model, so it is counted.
    expect(JSON.stringify(asks({ input }).messages)).toContain('"name":"send"')
  })

  it.each(['tool_search', 'web_search', 'code_interpreter', 'image_generation'])(
    'are refused when the provider runs them: %s',
    (type) => {
      expect(() => asks({ tools: [{ type }] })).toThrow(/tools that run at the provider/)
    },
  )
})
