import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import {
  embedMany,
  generateText,
  jsonSchema,
  Output,
  streamText,
  tool,
  type LanguageModel,
  type ModelMessage,
  type ToolSet,
} from 'ai'
import { given, placeSchema, weatherTool, type Ask, type Client, type Connection, type Turn } from '../client.ts'

/** How the AI SDK speaks to the gateway: by which of its providers. */
export type Way = 'openai responses' | 'openai chat' | 'anthropic'

/** The AI SDK. */
export function aiSdk(name: string, way: Way): Client {
  return {
    name,
    async whole(to, ask) {
      const { text, toolCalls, usage } = await generateText({ model: modelOf(way, to, ask.model), ...optionsOf(ask) })
      return { text, calls: toolCalls.map(readCall), usage: usageOf(usage) }
    },
    async stream(to, ask) {
      const leaving = new AbortController()
      let failure: unknown
      const result = streamText({
        model: modelOf(way, to, ask.model),
        ...optionsOf(ask),
        abortSignal: leaving.signal,
        onError: ({ error }) => void (failure = error),
      })
      let text = ''
      let pieces = 0
      for await (const piece of result.textStream) {
        text += piece
        pieces += 1
        if (pieces === ask.leaveAfter) {
          leaving.abort()
          return { text, calls: [], usage: null }
        }
      }
      if (failure !== undefined) throw failure as Error
      return { text, calls: (await result.toolCalls).map(readCall), usage: usageOf(await result.usage) }
    },
    ...(way !== 'anthropic' && {
      async embed({ url, key }: Connection, model: string, texts: readonly string[]) {
        const provider = createOpenAI({ apiKey: key, baseURL: `${url}/v1` })
        const { embeddings } = await embedMany({ model: provider.embedding(model), values: [...texts] })
        return embeddings
      },
    }),
  }
}

function modelOf(way: Way, { url, key }: Connection, model: string): LanguageModel {
  const where = { apiKey: key, baseURL: `${url}/v1` }
  if (way === 'anthropic') return createAnthropic(where)(model)
  const provider = createOpenAI(where)
  return way === 'openai chat' ? provider.chat(model) : provider.responses(model)
}

const tools: ToolSet = {
  [weatherTool.name]: tool({
    description: weatherTool.description,
    inputSchema: jsonSchema<{ city: string }>(weatherTool.schema),
  }),
}

const optionsOf = ({ system, turns, tool: offered, schema, retries }: Ask) => ({
  messages: turns.map(messageOf),
  maxOutputTokens: 1_000,
  ...given(system, { instructions: system }),
  ...given(retries, { maxRetries: retries }),
  ...given(offered, { tools }),
  ...given(schema, { output: Output.object({ schema: jsonSchema<{ city: string }>(placeSchema) }) }),
})

const readCall = ({ toolCallId, toolName, input }: { toolCallId: string; toolName: string; input: unknown }) => ({
  id: toolCallId,
  name: toolName,
  input,
})

const usageOf = ({
  inputTokens,
  outputTokens,
}: {
  inputTokens?: number | undefined
  outputTokens?: number | undefined
}) => (inputTokens === undefined || outputTokens === undefined ? null : { input: inputTokens, output: outputTokens })

function messageOf(turn: Turn): ModelMessage {
  switch (turn.role) {
    case 'user':
      if (turn.image === undefined) return { role: 'user', content: turn.text }
      return {
        role: 'user',
        content: [
          { type: 'text', text: turn.text },
          { type: 'file', data: turn.image.slice(turn.image.indexOf(',') + 1), mediaType: 'image/png' },
        ],
      }
    case 'assistant':
      return { role: 'assistant', content: turn.text }
    case 'calls':
      return {
        role: 'assistant',
        content: turn.calls.map(({ id, name, input }) => ({
          type: 'tool-call',
          toolCallId: id,
          toolName: name,
          input,
        })),
      }
    case 'results':
      return {
        role: 'tool',
        content: turn.results.map(({ id, name, text }) => ({
          type: 'tool-result',
          toolCallId: id,
          toolName: name,
          output: { type: 'text', value: text },
        })),
      }
  }
}
