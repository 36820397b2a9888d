import { z } from 'zod'
import type { Fault } from '../fault.ts'
import { blocksOf, cacheControl, messageContent, systemContent } from './content.ts'
import { conversationFault } from './conversation-fault.ts'

const tool = z.looseObject({
  type: z.string().nullish(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  input_schema: z.looseObject({ type: z.literal('object') }).optional(),
  cache_control: cacheControl,
})

const toolChoice = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('auto'), disable_parallel_tool_use: z.boolean().optional() }),
  z.looseObject({ type: z.literal('any'), disable_parallel_tool_use: z.boolean().optional() }),
  z.looseObject({ type: z.literal('tool'), name: z.string(), disable_parallel_tool_use: z.boolean().optional() }),
  z.looseObject({ type: z.literal('none') }),
])

const jsonFormat = z.looseObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) })

const messagesRequestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content: messageContent })).min(1),
  max_tokens: z.int().min(1),
  system: systemContent.optional(),
  cache_control: cacheControl,
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  stop_sequences: z.array(z.string().min(1)).optional(),
  metadata: z.looseObject({ user_id: z.string().max(256).nullish() }).optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  thinking: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1_024) }),
      z.looseObject({ type: z.literal('adaptive') }),
      z.looseObject({ type: z.literal('between_tools') }),
      z.looseObject({ type: z.literal('disabled') }),
    ])
    .optional(),
  output_config: z.looseObject({ format: jsonFormat.nullish() }).optional(),
  output_format: jsonFormat.nullish(),
})

/** A request that passed the checks. Fields that are not checked are left in and ignored. */
export type MessagesRequest = z.infer<typeof messagesRequestSchema>

/** The request, or what is wrong with it. */
export type MessagesRead = { kind: 'request'; request: MessagesRequest } | { kind: 'refused'; fault: Fault }

/** Reads the body of a call, or of a count, which needs no `max_tokens`. */
export function readMessagesRequest(text: string, { counts = false } = {}): MessagesRead {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return refuse('The request body is not valid JSON.')
  }
  if (counts && typeof body === 'object' && body !== null) body = { max_tokens: 1, ...body, stream: false }
  const parsed = messagesRequestSchema.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return refuse(issue?.message ?? '', issue?.path.join('.') || null)
  }
  const request = parsed.data
  const { thinking, tools = [], tool_choice: choice } = request
  if (thinking?.type === 'enabled' && !counts && thinking.budget_tokens >= request.max_tokens)
    return refuse('`max_tokens` must be greater than `thinking.budget_tokens`.', 'max_tokens')
  if (choice && choice.type !== 'none' && tools.length === 0)
    return refuse('may only be specified while providing tools', 'tool_choice')
  if (choice?.type === 'tool' && !tools.some(({ name }) => name === choice.name))
    return refuse(`Tool '${choice.name}' not found in provided tools`, 'tool_choice')
  const fault = conversationFault(request)
  return fault ? { kind: 'refused', fault } : { kind: 'request', request }
}

/** The text of the last message of the user that is not a mere tool result, where the marks are. */
export function lastUserText({ messages }: MessagesRequest): string {
  for (const { role, content } of messages.toReversed()) {
    if (role !== 'user') continue
    const texts = blocksOf(content).flatMap((block) => (block.type === 'text' ? [block.text] : []))
    if (texts.length > 0) return texts.join('\n')
  }
  return ''
}

const refuse = (message: string, param: string | null = null): MessagesRead => ({
  kind: 'refused',
  fault: { kind: 'invalid', message, param },
})
