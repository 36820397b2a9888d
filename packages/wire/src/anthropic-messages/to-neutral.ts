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
import { withoutBillingLine } from '@tollkeeper/domain/prompt'
import { joinTurns } from '../dialect/join-turns.ts'
import { refuseUnknown, type FieldRules } from '../dialect/refuse-unknown.ts'
import { untranslatable } from '../dialect/untranslatable.ts'
import { isGiven, isObject, textOr, type Fields } from '../field.ts'
import { formatOf } from './request.ts'
import { callOf } from './whole.ts'

/** Which fields have a meaning in other dialects, or none that the answer depends on. */
const rules: FieldRules = {
  translated: [
    'model',
    'messages',
    'system',
    'max_tokens',
    'tools',
    'tool_choice',
    'stop_sequences',
    'temperature',
    'top_p',
    'stream',
    'metadata',
    'output_config',
    'output_format',
  ],
  // Hints, book-keeping and betas of one provider: without them the answer is of the same kind. How much to think is an
  // upper bound, which a model that does not think obeys.
  dropped: [
    'thinking',
    'cache_control',
    'context_management',
    'service_tier',
    'speed',
    'mcp_servers',
    'requestedTokens',
  ],
  unless: {},
}

/** A checked body of messages in neutral form. @throws Failure */
export function toNeutral({ body, stream, maxOutputTokens }: ChatRequest): Conversation {
  refuseUnknown(body, rules)
  const { metadata, system, tools, tool_choice: choice } = body
  const noParallel = isObject(choice) && choice['disable_parallel_tool_use'] === true
  const user = isObject(metadata) ? metadata['user_id'] : undefined
  return {
    model: textOr(body['model']),
    // Claude Code counts its own sessions with a line that no other provider should read (wire.md 2.8).
    system: textsIn(withoutBillingLine(system)).filter((text) => text !== ''),
    turns: joinTurns((body['messages'] as readonly Fields[]).map(turnOf)),
    tools: isGiven(tools) ? (tools as readonly Fields[]).map(toolOf) : [],
    toolChoice: choiceOf(choice),
    parallelCalls: noParallel ? false : null,
    form: formOf(formatOf(body)),
    stop: isGiven(body['stop_sequences']) ? (body['stop_sequences'] as readonly string[]) : [],
    temperature: (body['temperature'] as number | null | undefined) ?? null,
    topP: (body['top_p'] as number | null | undefined) ?? null,
    effort: null,
    user: typeof user === 'string' ? user : null,
    maxOutputTokens,
    stream,
  }
}

const blocksOf = (content: unknown): readonly Fields[] => {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? (content as readonly Fields[]) : []
}

const textsIn = (content: unknown): string[] => blocksOf(content).map((block) => textOr(block['text']))

function turnOf({ role, content }: Fields): Turn {
  const blocks = blocksOf(content)
  if (role === 'assistant') return { role, parts: blocks.flatMap(spoken) }
  return {
    role: 'user',
    parts: blocks.map((block) =>
      block['type'] === 'tool_result'
        ? {
            kind: 'tool-result',
            callId: textOr(block['tool_use_id']),
            parts: blocksOf(block['content']).map(shown),
            isError: block['is_error'] === true,
          }
        : shown(block),
    ),
  }
}

/** Thoughts of another model say nothing to the next: only their own maker could check them. */
function spoken(block: Fields): Extract<Turn, { role: 'assistant' }>['parts'][number][] {
  if (block['type'] === 'text') return [{ kind: 'text', text: textOr(block['text']) }]
  return block['type'] === 'tool_use' ? [callOf(block)] : []
}

function shown(block: Fields): TextPart | ImagePart {
  if (block['type'] !== 'image') return { kind: 'text', text: textOr(block['text']) }
  const source = block['source'] as Fields
  if (source['type'] === 'url')
    return { kind: 'image', source: { kind: 'url', url: textOr(source['url']) }, detail: null }
  const { media_type: mediaType, data } = source
  return { kind: 'image', source: { kind: 'base64', mediaType: textOr(mediaType), data: textOr(data) }, detail: null }
}

function toolOf(tool: Fields): ToolDefinition {
  const { description, strict } = tool
  return {
    name: textOr(tool['name']),
    description: typeof description === 'string' ? description : null,
    schema: tool['input_schema'] as Fields,
    strict: typeof strict === 'boolean' ? strict : null,
  }
}

function choiceOf(choice: unknown): ToolChoice | null {
  if (!isGiven(choice)) return null
  const type = isObject(choice) ? choice['type'] : undefined
  if (type === 'auto' || type === 'none') return { kind: type }
  if (type === 'any') return { kind: 'required' }
  if (type === 'tool' && isObject(choice)) return { kind: 'tool', name: textOr(choice['name']) }
  throw untranslatable('tool_choice')
}

function formOf(format: Fields | undefined): AnswerForm | null {
  if (format === undefined) return null
  const { type, schema } = format
  if (type !== 'json_schema' || !isObject(schema)) throw untranslatable('output_config.format')
  return { kind: 'schema', name: 'answer', schema, strict: true }
}
