import type OpenAI from 'openai'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
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

/** OpenAI's client, through chat completions. `Sdk` is one of its versions: they are used alike. */
export function openAiChat(name: string, Sdk: typeof OpenAI): Client {
  const connect = ({ url, key }: Connection, retries?: number) =>
    new Sdk({ apiKey: key, baseURL: `${url}/v1`, ...given(retries, { maxRetries: retries }) })
  return {
    name,
    async whole(to, ask) {
      const { choices, usage } = await connect(to, ask.retries).chat.completions.create(bodyOf(ask))
      const message = choices[0]?.message
      const calls = message?.tool_calls ?? []
      return {
        text: message?.content ?? '',
        calls: calls.flatMap((call) =>
          call.type === 'function'
            ? [{ id: call.id, name: call.function.name, input: readInput(call.function.arguments) }]
            : [],
        ),
        usage: usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : null,
      }
    },
    async stream(to, ask) {
      const stream = await connect(to, ask.retries).chat.completions.create({
        ...bodyOf(ask),
        stream: true,
        stream_options: { include_usage: true },
      })
      let text = ''
      let pieces = 0
      let usage = null
      const calls: { id: string; name: string; text: string }[] = []
      for await (const chunk of stream) {
        const delta = chunk.choices[0]?.delta
        if (delta?.content) {
          text += delta.content
          pieces += 1
        }
        for (const { index, id, function: called } of delta?.tool_calls ?? []) {
          const call = (calls[index] ??= { id: '', name: '', text: '' })
          call.id ||= id ?? ''
          call.name ||= called?.name ?? ''
          call.text += called?.arguments ?? ''
        }
        if (chunk.usage) usage = { input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens }
        if (pieces === ask.leaveAfter) break
      }
      return { text, calls: calls.map(({ id, name, text }) => ({ id, name, input: readInput(text) })), usage }
    },
    async models(to) {
      const ids: string[] = []
      for await (const model of connect(to).models.list()) ids.push(model.id)
      return ids
    },
    async embed(to, model, texts) {
      const { data } = await connect(to).embeddings.create({ model, input: [...texts] })
      return data.map(({ embedding }) => embedding)
    },
  }
}

export function bodyOf({ model, system, turns, tool, schema }: Ask): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const head: ChatCompletionMessageParam[] = system === undefined ? [] : [{ role: 'system', content: system }]
  return {
    model,
    messages: [...head, ...turns.flatMap(messagesOf)],
    ...given(tool, {
      tools: [
        {
          type: 'function' as const,
          function: { name: weatherTool.name, description: weatherTool.description, parameters: weatherTool.schema },
        },
      ],
    }),
    ...given(schema, {
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'place', schema: placeSchema, strict: true },
      },
    }),
  }
}

function messagesOf(turn: Turn): ChatCompletionMessageParam[] {
  switch (turn.role) {
    case 'user':
      if (turn.image === undefined) return [{ role: 'user', content: turn.text }]
      return [
        {
          role: 'user',
          content: [
            { type: 'text', text: turn.text },
            { type: 'image_url', image_url: { url: turn.image } },
          ],
        },
      ]
    case 'assistant':
      return [{ role: 'assistant', content: turn.text }]
    case 'calls':
      return [
        {
          role: 'assistant',
          tool_calls: turn.calls.map(({ id, name, input }) => ({
            id,
            type: 'function',
            function: { name, arguments: JSON.stringify(input) },
          })),
        },
      ]
    case 'results':
      return turn.results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }))
  }
}
