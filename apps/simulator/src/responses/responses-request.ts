import { z } from 'zod'
import type { Fault } from '../fault.ts'
import { pathText } from '../path-text.ts'

const part = z.looseObject({
  type: z.enum(['input_text', 'input_image', 'input_file', 'output_text', 'refusal']),
  text: z.string().optional(),
  refusal: z.string().optional(),
})
const content = z.union([z.string(), z.array(part)])
const id = z.string().nullish()

const message = z.looseObject({
  type: z.literal('message').optional(),
  id,
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content,
})

/** Items of the input. A message may leave its type out, and no item needs an id. */
const item = z.union([
  message,
  z.looseObject({
    type: z.literal('function_call'),
    id,
    call_id: z.string().min(1),
    name: z.string().min(1),
    arguments: z.string(),
  }),
  z.looseObject({ type: z.literal('function_call_output'), id, call_id: z.string().min(1), output: content }),
  z.looseObject({
    type: z.literal('reasoning'),
    id,
    summary: z.array(z.looseObject({ type: z.literal('summary_text'), text: z.string() })),
    encrypted_content: z.string().nullish(),
  }),
])

/** One item of the input. */
export type InputItem = z.infer<typeof item>

/** A message of the input. */
export type InputMessage = z.infer<typeof message>

/** Whether an item is a message. */
export const isMessage = (each: InputItem): each is InputMessage => each.type === undefined || each.type === 'message'

const tool = z.looseObject({
  type: z.string(),
  name: z.string().min(1).max(64).optional(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
})

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.string(), name: z.string().optional() }),
])

const responsesRequestSchema = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().nullish(),
  max_output_tokens: z.int().min(16).nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  include: z.array(z.string()).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  store: z.boolean().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  user: z.string().nullish(),
  text: z
    .looseObject({
      format: z
        .looseObject({
          type: z.enum(['text', 'json_object', 'json_schema']),
          schema: z.record(z.string(), z.unknown()).optional(),
        })
        .optional(),
    })
    .nullish(),
})

/** A request that passed the checks. Fields that are not checked are left in and ignored. */
export type ResponsesRequest = z.infer<typeof responsesRequestSchema>

/** The request, or what is wrong with it. */
export type ResponsesRead = { kind: 'request'; request: ResponsesRequest } | { kind: 'refused'; fault: Fault }

/** Reads the body of a call. */
export function readResponsesRequest(text: string): ResponsesRead {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return refuse('We could not parse the JSON body of your request.')
  }
  const parsed = responsesRequestSchema.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const param = pathText(issue?.path ?? [])
    return refuse(`Invalid value${param ? ` for '${param}'` : ''}: ${issue?.message ?? ''}.`, param || null)
  }
  const request = parsed.data
  // What was kept has been filled in by now.
  if (request.previous_response_id)
    return refuse(
      `Previous response with id '${request.previous_response_id}' not found.`,
      'previous_response_id',
      'previous_response_not_found',
    )
  const open = resultWithoutCall(itemsOf(request))
  if (open) return refuse(`No tool call found for function call output with call_id ${open}.`, 'input')
  const choice = request.tool_choice
  const name = typeof choice === 'object' ? choice?.name : undefined
  if (name !== undefined && !request.tools?.some((each) => each.name === name))
    return refuse(`Tool choice '${name}' not found in 'tools' parameter.`, 'tool_choice')
  return { kind: 'request', request }
}

/** The items of the input, text as a message of the user. */
export const itemsOf = ({ input }: ResponsesRequest): readonly InputItem[] =>
  typeof input === 'string' ? [{ role: 'user', content: input }] : input

/** The text of the last message of the user, where the marks are. */
export function lastUserText(request: ResponsesRequest): string {
  const last = itemsOf(request)
    .filter(isMessage)
    .findLast(({ role }) => role === 'user')
  if (!last) return ''
  if (typeof last.content === 'string') return last.content
  return last.content.map(({ text = '' }) => text).join('\n')
}

function resultWithoutCall(items: readonly InputItem[]): string | undefined {
  const called = new Set<string>()
  for (const each of items) {
    if (each.type === 'function_call') called.add(each.call_id)
    if (each.type === 'function_call_output' && !called.has(each.call_id)) return each.call_id
  }
  return undefined
}

const refuse = (message: string, param: string | null = null, code: string | null = null): ResponsesRead => ({
  kind: 'refused',
  fault: { kind: 'invalid', message, param, code },
})
