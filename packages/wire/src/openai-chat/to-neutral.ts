import type {
  AnswerForm,
  ChatRequest,
  Conversation,
  ImagePart,
  TextPart,
  ToolCallPart,
  ToolChoice,
  ToolDefinition,
  ToolResultPart,
  Turn,
} from '@tollkeeper/domain/chat'
import { joinTurns } from '../dialect/join-turns.ts'
import { refuseUnknown, type FieldRules } from '../dialect/refuse-unknown.ts'
import { untranslatable } from '../dialect/untranslatable.ts'
import { invalid, isGiven, isObject, textOr, type Fields } from '../field.ts'

const falsy = (value: unknown): boolean => value === false || value === 0

/** Which fields have a meaning in other dialects, or none that the answer depends on. */
const rules: FieldRules = {
  translated: [
    'model',
    'messages',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'response_format',
    'stop',
    'temperature',
    'top_p',
    'max_tokens',
    'max_completion_tokens',
    'stream',
    'stream_options',
    'reasoning_effort',
    'user',
    'safety_identifier',
  ],
  // Hints and book-keeping: without them the answer is of the same kind.
  dropped: [
    'requestedTokens',
    'metadata',
    'prompt_cache_key',
    'prompt_cache_retention',
    'seed',
    'service_tier',
    'modalities',
    'verbosity',
  ],
  unless: {
    n: (value) => value === 1,
    best_of: (value) => value === 1,
    store: falsy,
    frequency_penalty: falsy,
    presence_penalty: falsy,
    logprobs: falsy,
    enable_search: falsy,
    functions: (value) => Array.isArray(value) && value.length === 0,
  },
}

/** A checked body of chat completions in neutral form. @throws Failure */
export function toNeutral({ body, stream, maxOutputTokens }: ChatRequest): Conversation {
  refuseUnknown(body, rules)
  const { system, turns } = readTurns(body['messages'] as readonly Fields[])
  const stop = body['stop']
  return {
    model: textOr(body['model']),
    system,
    turns,
    tools: isGiven(body['tools']) ? (body['tools'] as readonly Fields[]).map(toolOf) : [],
    toolChoice: choiceOf(body['tool_choice']),
    parallelCalls: typeof body['parallel_tool_calls'] === 'boolean' ? body['parallel_tool_calls'] : null,
    form: formOf(body['response_format']),
    stop: typeof stop === 'string' ? [stop] : Array.isArray(stop) ? stop.map(String) : [],
    temperature: (body['temperature'] as number | null | undefined) ?? null,
    topP: (body['top_p'] as number | null | undefined) ?? null,
    effort: typeof body['reasoning_effort'] === 'string' ? body['reasoning_effort'] : null,
    user: textIn(body, 'safety_identifier') ?? textIn(body, 'user') ?? null,
    maxOutputTokens,
    stream,
  }
}

const textIn = (fields: Fields, name: string): string | undefined =>
  typeof fields[name] === 'string' ? fields[name] : undefined

function readTurns(messages: readonly Fields[]): { system: string[]; turns: Turn[] } {
  const system: string[] = []
  const turns: Turn[] = []
  messages.forEach((message, index) => {
    const where = `messages[${index}]`
    switch (message['role']) {
      case 'system':
      case 'developer':
        system.push(...contentOf(message['content'], where).map((part) => (part.kind === 'text' ? part.text : '')))
        return
      case 'user':
        turns.push({ role: 'user', parts: contentOf(message['content'], where) })
        return
      case 'assistant':
        turns.push({ role: 'assistant', parts: spoken(message, where) })
        return
      case 'tool':
        turns.push({ role: 'user', parts: [resultOf(message, where)] })
        return
      default:
        throw untranslatable(`${where}.role`)
    }
  })
  return { system, turns: joinTurns(turns) }
}

function contentOf(content: unknown, where: string): (TextPart | ImagePart)[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!Array.isArray(content)) return []
  return (content as readonly Fields[]).map((part, index): TextPart | ImagePart => {
    if (part['type'] !== 'image_url')
      return { kind: 'text', text: textIn(part, 'text') ?? textIn(part, 'refusal') ?? '' }
    return imageOf(part['image_url'] as Fields, `${where}.content[${index}].image_url`)
  })
}

function imageOf(image: Fields, where: string): ImagePart {
  const url = textOr(image['url'])
  const detail = image['detail'] === 'low' || image['detail'] === 'high' ? image['detail'] : null
  if (!url.startsWith('data:') && !url.startsWith('DATA:'))
    return { kind: 'image', source: { kind: 'url', url }, detail }
  const comma = url.indexOf(',')
  const head = url.slice('data:'.length, comma)
  const [mediaType = '', ...more] = head.split(';')
  if (comma < 0 || more.at(-1)?.toLowerCase() !== 'base64')
    throw invalid(`${where}.url`, 'The data of an image must be base64.')
  return { kind: 'image', source: { kind: 'base64', mediaType, data: url.slice(comma + 1) }, detail }
}

function spoken(message: Fields, where: string): (TextPart | ToolCallPart)[] {
  if (isGiven(message['function_call'])) throw untranslatable('function_call', `${where}.function_call`)
  const texts = contentOf(message['content'], where).filter((part) => part.kind === 'text')
  const refusal = textIn(message, 'refusal')
  if (refusal !== undefined) texts.push({ kind: 'text', text: refusal })
  const calls = isGiven(message['tool_calls']) ? (message['tool_calls'] as readonly Fields[]) : []
  return [
    ...texts.filter(({ text }) => text !== ''),
    ...calls.map((call, index) => callOf(call, `${where}.tool_calls[${index}]`)),
  ]
}

/** A call of a function, as messages and answers carry it. */
export function callOf(call: Fields, where: string): ToolCallPart {
  const called = call['function']
  if (!isObject(called)) throw untranslatable(`a tool call of the type "${textOr(call['type'])}"`, where)
  return {
    kind: 'tool-call',
    id: textOr(call['id']),
    name: textIn(called, 'name') ?? '',
    input: textIn(called, 'arguments') ?? '',
  }
}

function resultOf(message: Fields, where: string): ToolResultPart {
  return {
    kind: 'tool-result',
    callId: textOr(message['tool_call_id']),
    parts: contentOf(message['content'], where),
    isError: false,
  }
}

function toolOf(tool: Fields, index: number): ToolDefinition {
  const definition = tool['function']
  if (!isObject(definition))
    throw untranslatable(`a tool of the type "${textOr(tool['type'])}"`, `tools[${index}].type`)
  const { parameters, strict } = definition
  return {
    name: textOr(definition['name']),
    description: textIn(definition, 'description') ?? null,
    schema: isObject(parameters) ? parameters : { type: 'object', properties: {} },
    strict: typeof strict === 'boolean' ? strict : null,
  }
}

function choiceOf(choice: unknown): ToolChoice | null {
  if (!isGiven(choice)) return null
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { kind: choice }
  const named = isObject(choice) ? choice['function'] : undefined
  if (!isObject(named)) throw untranslatable('tool_choice')
  return { kind: 'tool', name: textOr(named['name']) }
}

function formOf(format: unknown): AnswerForm | null {
  if (!isObject(format) || format['type'] === 'text') return null
  if (format['type'] === 'json_object') return { kind: 'json' }
  const given = format['json_schema']
  if (!isObject(given)) throw untranslatable('response_format')
  const { schema, strict, name } = given
  if (!isObject(schema)) throw untranslatable('response_format')
  return {
    kind: 'schema',
    name: typeof name === 'string' ? name : 'answer',
    schema,
    strict: typeof strict === 'boolean' ? strict : null,
  }
}
