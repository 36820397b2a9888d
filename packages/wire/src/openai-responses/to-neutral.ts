import type {
  AnswerForm,
  ChatRequest,
  Conversation,
  ImagePart,
  TextPart,
  ToolChoice,
  ToolDefinition,
  Turn,
} from '@tollkeeper/domain/chat'
import { joinTurns } from '../dialect/join-turns.ts'
import { refuseUnknown, type FieldRules } from '../dialect/refuse-unknown.ts'
import { untranslatable } from '../dialect/untranslatable.ts'
import { invalid, isGiven, isObject, textOr, type Fields } from '../field.ts'
import { partsOf } from './whole.ts'

/** Which fields have a meaning in other dialects, or none that the answer depends on. */
const rules: FieldRules = {
  translated: [
    'model',
    'input',
    'instructions',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'text',
    'temperature',
    'top_p',
    'max_output_tokens',
    'stream',
    'reasoning',
    'user',
    'safety_identifier',
  ],
  // Hints and book-keeping: without them the answer is of the same kind. Nothing is stored elsewhere.
  dropped: [
    'requestedTokens',
    'metadata',
    'prompt_cache_key',
    'prompt_cache_retention',
    'prompt_cache_options',
    'service_tier',
    'store',
    'include',
    'truncation',
    'stream_options',
    'max_tool_calls',
  ],
  unless: { background: (value) => value === false, top_logprobs: (value) => value === 0 },
}

/** A checked body of responses in neutral form. @throws Failure */
export function toNeutral({ body, stream, maxOutputTokens }: ChatRequest): Conversation {
  refuseUnknown(body, rules)
  const { model, instructions, tools, reasoning } = body
  const { system, turns } = readTurns(body['input'])
  return {
    model: textOr(model),
    system: [...(typeof instructions === 'string' && instructions !== '' ? [instructions] : []), ...system],
    turns,
    tools: isGiven(tools) ? (tools as readonly Fields[]).map(toolOf) : [],
    toolChoice: choiceOf(body['tool_choice']),
    parallelCalls: typeof body['parallel_tool_calls'] === 'boolean' ? body['parallel_tool_calls'] : null,
    form: formOf(body['text']),
    stop: [],
    temperature: (body['temperature'] as number | null | undefined) ?? null,
    topP: (body['top_p'] as number | null | undefined) ?? null,
    effort: isObject(reasoning) && typeof reasoning['effort'] === 'string' ? reasoning['effort'] : null,
    user: textIn(body, 'safety_identifier') ?? textIn(body, 'user') ?? null,
    maxOutputTokens,
    stream,
  }
}

const textIn = (fields: Fields, name: string): string | undefined =>
  typeof fields[name] === 'string' ? fields[name] : undefined

function readTurns(input: unknown): { system: string[]; turns: Turn[] } {
  if (typeof input === 'string')
    return { system: [], turns: [{ role: 'user', parts: [{ kind: 'text', text: input }] }] }
  const system: string[] = []
  const turns: Turn[] = []
  for (const [index, item] of (input as readonly Fields[]).entries()) {
    const where = `input[${index}]`
    switch (item['type']) {
      case undefined:
      case 'message': {
        const parts = contentOf(item['content'], `${where}.content`)
        const texts = parts.filter((part) => part.kind === 'text')
        if (item['role'] === 'user') turns.push({ role: 'user', parts })
        else if (item['role'] === 'assistant') turns.push({ role: 'assistant', parts: texts })
        else system.push(...texts.map(({ text }) => text))
        break
      }
      case 'function_call':
      case 'reasoning':
        // Sealed reasoning of a maker is of no use to another.
        turns.push({ role: 'assistant', parts: partsOf(item) })
        break
      case 'function_call_output': {
        const parts = contentOf(item['output'], `${where}.output`)
        turns.push({
          role: 'user',
          parts: [{ kind: 'tool-result', callId: textOr(item['call_id']), parts, isError: false }],
        })
        break
      }
      default:
        throw untranslatable(`an item of the type "${textOr(item['type'])}"`, `${where}.type`)
    }
  }
  return { system, turns: joinTurns(turns.filter(({ parts }) => parts.length > 0)) }
}

function contentOf(content: unknown, where: string): (TextPart | ImagePart)[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  return (content as readonly Fields[]).map((part, index): TextPart | ImagePart =>
    part['type'] === 'input_image'
      ? imageOf(part, `${where}[${index}].image_url`)
      : { kind: 'text', text: textIn(part, 'text') ?? textIn(part, 'refusal') ?? '' },
  )
}

function imageOf({ image_url: address, detail: asked }: Fields, where: string): ImagePart {
  const url = textOr(address)
  const detail = asked === 'low' || asked === 'high' ? asked : null
  if (!/^data:/i.test(url)) return { kind: 'image', source: { kind: 'url', url }, detail }
  const inside = /^data:([^;,]*)(?:;[^,]*)?;base64,/i.exec(url)
  if (!inside) throw invalid(where, 'The data of an image must be base64.')
  const source = { kind: 'base64' as const, mediaType: inside[1] ?? '', data: url.slice(inside[0].length) }
  return { kind: 'image', source, detail }
}

function toolOf(tool: Fields, index: number): ToolDefinition {
  if (tool['type'] !== 'function')
    throw untranslatable(`a tool of the type "${textOr(tool['type'])}"`, `tools[${index}].type`)
  const { parameters, strict } = tool
  return {
    name: textOr(tool['name']),
    description: textIn(tool, 'description') ?? null,
    schema: isObject(parameters) ? parameters : { type: 'object', properties: {} },
    strict: typeof strict === 'boolean' ? strict : null,
  }
}

function choiceOf(choice: unknown): ToolChoice | null {
  if (!isGiven(choice)) return null
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { kind: choice }
  if (!isObject(choice) || choice['type'] !== 'function') throw untranslatable('tool_choice')
  return { kind: 'tool', name: textOr(choice['name']) }
}

function formOf(text: unknown): AnswerForm | null {
  const format = isObject(text) ? text['format'] : undefined
  if (!isObject(format) || format['type'] === 'text') return null
  if (format['type'] === 'json_object') return { kind: 'json' }
  const { schema, strict, name } = format
  if (!isObject(schema)) throw untranslatable('text.format')
  return {
    kind: 'schema',
    name: textOr(name, 'answer'),
    schema,
    strict: typeof strict === 'boolean' ? strict : null,
  }
}
