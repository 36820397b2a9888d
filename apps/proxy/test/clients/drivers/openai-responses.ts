import OpenAI from 'openai'
import type {
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
  ResponseOutputItem,
} from 'openai/resources/responses/responses'
import {
  given,
  placeSchema,
  readInput,
  weatherTool,
  type Ask,
  type Client,
  type Connection,
  type Turn,
} from '../client.ts'

const connect = ({ url, key }: Connection, retries?: number) =>
  new OpenAI({ apiKey: key, baseURL: `${url}/v1`, ...given(retries, { maxRetries: retries }) })

/** OpenAI's client, through responses. */
export const openAiResponses = (name: string): Client => ({
  name,
  async whole(to, ask) {
    const { output, output_text: text, usage } = await connect(to, ask.retries).responses.create(bodyOf(ask))
    return { text, calls: callsIn(output), usage: usage ? usageOf(usage) : null }
  },
  async stream(to, ask) {
    const stream = await connect(to, ask.retries).responses.create({ ...bodyOf(ask), stream: true })
    let text = ''
    let pieces = 0
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') {
        text += event.delta
        pieces += 1
      }
      if (event.type === 'error') throw new Error(event.message)
      if (event.type === 'response.failed') throw new Error(event.response.error?.message ?? 'The response failed')
      if (event.type === 'response.completed')
        return {
          text,
          calls: callsIn(event.response.output),
          usage: event.response.usage ? usageOf(event.response.usage) : null,
        }
      if (pieces === ask.leaveAfter) break
    }
    if (ask.leaveAfter === undefined) throw new Error('The stream ended without response.completed')
    return { text, calls: [], usage: null }
  },
})

const usageOf = (usage: { input_tokens: number; output_tokens: number }) => ({
  input: usage.input_tokens,
  output: usage.output_tokens,
})

const callsIn = (output: readonly ResponseOutputItem[]) =>
  output.flatMap((item) =>
    item.type === 'function_call' ? [{ id: item.call_id, name: item.name, input: readInput(item.arguments) }] : [],
  )

function bodyOf({ model, system, turns, tool, schema }: Ask): ResponseCreateParamsNonStreaming {
  return {
    model,
    store: false,
    input: turns.flatMap(itemsOf),
    ...given(system, { instructions: system }),
    ...given(tool, {
      tools: [
        {
          type: 'function' as const,
          name: weatherTool.name,
          description: weatherTool.description,
          parameters: weatherTool.schema,
          strict: false,
        },
      ],
    }),
    ...given(schema, {
      text: { format: { type: 'json_schema' as const, name: 'place', schema: placeSchema, strict: true } },
    }),
  }
}

function itemsOf(turn: Turn): ResponseInputItem[] {
  switch (turn.role) {
    case 'user':
      if (turn.image === undefined) return [{ role: 'user', content: turn.text }]
      return [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: turn.text },
            { type: 'input_image', image_url: turn.image, detail: 'auto' },
          ],
        },
      ]
    case 'assistant':
      return [{ role: 'assistant', content: turn.text }]
    case 'calls':
      return turn.calls.map(({ id, name, input }) => ({
        type: 'function_call',
        call_id: id,
        name,
        arguments: JSON.stringify(input),
      }))
    case 'results':
      return turn.results.map(({ id, text }) => ({ type: 'function_call_output', call_id: id, output: text }))
  }
}
