import { ChatAnthropic } from '@langchain/anthropic'
import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type AIMessageChunk,
  type BaseMessage,
} from '@langchain/core/messages'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { given, placeSchema, weatherTool, type Ask, type Client, type Connection, type Turn } from '../client.ts'

/** LangChain, by one of its two chat models. */
export function langChain(name: string, way: 'openai' | 'anthropic'): Client {
  return {
    name,
    ...(way === 'anthropic' && {
      streamUsage: 'adds the output that a stream begins with to the sum that it ends with',
    }),
    async whole(to, ask) {
      if (ask.schema) return structured(way, to, ask)
      return heardOf(await modelOf(way, to, ask).invoke(messagesOf(ask)))
    },
    async stream(to, ask) {
      let all: AIMessageChunk | undefined
      let pieces = 0
      for await (const chunk of await modelOf(way, to, ask).stream(messagesOf(ask))) {
        all = all ? all.concat(chunk) : chunk
        if (chunk.text !== '') pieces += 1
        if (pieces === ask.leaveAfter) break
      }
      if (!all) throw new Error('The stream was empty')
      return heardOf(all)
    },
    ...(way === 'openai' && {
      async embed({ url, key }: Connection, model: string, texts: readonly string[]) {
        return new OpenAIEmbeddings({ apiKey: key, model, configuration: { baseURL: `${url}/v1` } }).embedDocuments([
          ...texts,
        ])
      },
    }),
  }
}

const chatOf = (way: 'openai' | 'anthropic', { url, key }: Connection, { model, retries }: Ask) =>
  way === 'openai'
    ? new ChatOpenAI({
        apiKey: key,
        model,
        configuration: { baseURL: `${url}/v1` },
        ...given(retries, { maxRetries: retries }),
      })
    : new ChatAnthropic({
        apiKey: key,
        model,
        maxTokens: 1_000,
        anthropicApiUrl: url,
        ...given(retries, { maxRetries: retries }),
      })

function modelOf(way: 'openai' | 'anthropic', to: Connection, ask: Ask) {
  const chat = chatOf(way, to, ask)
  if (!ask.tool) return chat
  return chat.bindTools([
    {
      type: 'function',
      function: { name: weatherTool.name, description: weatherTool.description, parameters: weatherTool.schema },
    },
  ])
}

async function structured(way: 'openai' | 'anthropic', to: Connection, ask: Ask) {
  const model = chatOf(way, to, ask).withStructuredOutput(placeSchema, {
    method: 'jsonSchema',
    name: 'place',
    includeRaw: true,
  })
  const { raw, parsed } = (await model.invoke(messagesOf(ask))) as { raw: BaseMessage; parsed: unknown }
  return { ...heardOf(raw as AIMessage), text: JSON.stringify(parsed) }
}

type UsageMetadata = { input_tokens: number; output_tokens: number }

function heardOf(message: AIMessage | AIMessageChunk) {
  const usage = message.usage_metadata as UsageMetadata | undefined
  return {
    text: message.text,
    calls: (message.tool_calls ?? []).map(({ id = '', name, args }) => ({ id, name, input: args as unknown })),
    usage: usage ? { input: usage.input_tokens, output: usage.output_tokens } : null,
  }
}

const messagesOf = ({ system, turns }: Ask): BaseMessage[] => [
  ...(system === undefined ? [] : [new SystemMessage(system)]),
  ...turns.flatMap(messageOf),
]

function messageOf(turn: Turn): BaseMessage[] {
  switch (turn.role) {
    case 'user':
      if (turn.image === undefined) return [new HumanMessage(turn.text)]
      return [
        new HumanMessage({
          content: [
            { type: 'text', text: turn.text },
            { type: 'image_url', image_url: { url: turn.image } },
          ],
        }),
      ]
    case 'assistant':
      return [new AIMessage(turn.text)]
    case 'calls':
      return [
        new AIMessage({
          content: '',
          tool_calls: turn.calls.map(({ id, name, input }) => ({
            id,
            name,
            args: input as Record<string, unknown>,
            type: 'tool_call' as const,
          })),
        }),
      ]
    case 'results':
      return turn.results.map(({ id, text }) => new ToolMessage({ tool_call_id: id, content: text }))
  }
}
