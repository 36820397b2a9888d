import { z } from 'zod'
import type { Fault } from '../fault.ts'
import { pathText } from '../path-text.ts'

const part = z.looseObject({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() })
const content = z.union([z.string(), z.array(part).min(1)])
const named = { name: z.string().max(64).optional() }

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content, ...named }),
  z.looseObject({ role: z.literal('developer'), content, ...named }),
  z.looseObject({ role: z.literal('user'), content, ...named }),
  z.looseObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    tool_calls: z.array(z.record(z.string(), z.unknown())).optional(),
    ...named,
  }),
  z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string() }),
  z.looseObject({ role: z.literal('function'), content: z.string().nullable(), name: z.string() }),
])

const tool = z.looseObject({
  type: z.string(),
  function: z
    .looseObject({ name: z.string().min(1).max(64), parameters: z.record(z.string(), z.unknown()).optional() })
    .optional(),
})

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.string(), function: z.looseObject({ name: z.string() }).optional() }),
])

const cap = z.int().min(1).nullish()

const chatRequestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: cap,
  max_completion_tokens: cap,
  n: z.int().min(1).max(128).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  user: z.string().optional(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  tools: z.array(tool).max(128).optional(),
  tool_choice: toolChoice.optional(),
  response_format: z
    .looseObject({
      type: z.enum(['text', 'json_object', 'json_schema']),
      json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()).optional() }).optional(),
    })
    .optional(),
})

/** A chat request that passed the checks. Fields that are not checked are left in and ignored. */
export type ChatRequest = z.infer<typeof chatRequestSchema>

/** The request as the client wrote it beside the checked one, or what OpenAI would say to it. */
export type ChatRequestRead =
  | { kind: 'request'; request: ChatRequest; written: Record<string, unknown> }
  | { kind: 'refused'; fault: Fault }

/** Reads the body of a chat request. */
export function readChatRequest(text: string): ChatRequestRead {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return refuse('We could not parse the JSON body of your request.')
  }
  const parsed = chatRequestSchema.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const param = pathText(issue?.path ?? [])
    return refuse(`Invalid value${param ? ` for '${param}'` : ''}: ${issue?.message ?? ''}.`, param || null)
  }
  const request = parsed.data
  if (request.stream_options && !request.stream)
    return refuse("'stream_options' is only allowed when 'stream' is true.", 'stream_options')
  if (request.max_tokens && request.max_completion_tokens)
    return refuse("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", 'max_tokens')
  const unknownChoice = unknownForcedTool(request)
  if (unknownChoice) return refuse(unknownChoice, 'tool_choice')
  return { kind: 'request', request, written: z.record(z.string(), z.unknown()).parse(body) }
}

/** The text of the last message of the user, where the marks are. */
export function lastUserText(request: ChatRequest): string {
  const last = request.messages.findLast(({ role }) => role === 'user')
  if (!last?.content) return ''
  if (typeof last.content === 'string') return last.content
  return last.content.map((each) => each.text ?? '').join('\n')
}

function unknownForcedTool({ tools, tool_choice: choice }: ChatRequest): string | undefined {
  if (choice === undefined || choice === 'none' || choice === 'auto') return undefined
  if (!tools?.length) return "'tool_choice' is only allowed when 'tools' are specified."
  if (typeof choice === 'string' || !choice.function) return undefined
  const name = choice.function.name
  const known = tools.some((each) => each.function?.name === name)
  return known ? undefined : `Tool choice '${name}' not found in 'tools' parameter.`
}

function refuse(message: string, param: string | null = null): ChatRequestRead {
  return { kind: 'refused', fault: { kind: 'invalid', message, param } }
}
