import Anthropic from '@anthropic-ai/sdk'
import type { ContentBlock, MessageCreateParamsNonStreaming, MessageParam } from '@anthropic-ai/sdk/resources/messages'
import { given, placeSchema, weatherTool, type Ask, type Client, type Connection, type Turn } from '../client.ts'

const connect = ({ url, key }: Connection, retries?: number) =>
  new Anthropic({ apiKey: key, baseURL: url, ...given(retries, { maxRetries: retries }) })

/** Anthropic's client. */
export const anthropic = (name: string): Client => ({
  name,
  async whole(to, ask) {
    const { content, usage } = await connect(to, ask.retries).messages.create(bodyOf(ask))
    return { ...readContent(content), usage: usageOf(usage) }
  },
  async stream(to, ask) {
    const stream = connect(to, ask.retries).messages.stream(bodyOf(ask))
    let text = ''
    let pieces = 0
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
        text += event.delta.text
        pieces += 1
      }
      if (pieces === ask.leaveAfter) {
        stream.abort()
        return { text, calls: [], usage: null }
      }
    }
    const { content, usage } = await stream.finalMessage()
    return { ...readContent(content), text, usage: usageOf(usage) }
  },
  async models(to) {
    const ids: string[] = []
    for await (const model of connect(to).models.list()) ids.push(model.id)
    return ids
  },
  async countTokens(to, ask) {
    const { max_tokens: _, ...body } = bodyOf(ask)
    return (await connect(to).messages.countTokens(body)).input_tokens
  },
})

type Usage = {
  input_tokens: number
  output_tokens: number
  cache_read_input_tokens?: number | null
  cache_creation_input_tokens?: number | null
}

// Anthropic counts what was read from and written to the cache apart.
const usageOf = (usage: Usage) => ({
  input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
  output: usage.output_tokens,
})

const readContent = (content: readonly ContentBlock[]) => ({
  text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
  calls: content.flatMap((block) =>
    block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
  ),
})

function bodyOf({ model, system, turns, tool, schema }: Ask): MessageCreateParamsNonStreaming {
  return {
    model,
    max_tokens: 1_000,
    messages: turns.map(messageOf),
    ...given(system, { system }),
    ...given(tool, {
      tools: [{ name: weatherTool.name, description: weatherTool.description, input_schema: weatherTool.schema }],
    }),
    ...given(schema, { output_config: { format: { type: 'json_schema' as const, schema: placeSchema } } }),
  }
}

function messageOf(turn: Turn): MessageParam {
  switch (turn.role) {
    case 'user': {
      if (turn.image === undefined) return { role: 'user', content: turn.text }
      const data = turn.image.slice(turn.image.indexOf(',') + 1)
      return {
        role: 'user',
        content: [
          { type: 'text', text: turn.text },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
        ],
      }
    }
    case 'assistant':
      return { role: 'assistant', content: turn.text }
    case 'calls':
      return {
        role: 'assistant',
        content: turn.calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
      }
    case 'results':
      return {
        role: 'user',
        content: turn.results.map(({ id, text }) => ({ type: 'tool_result', tool_use_id: id, content: text })),
      }
  }
}
