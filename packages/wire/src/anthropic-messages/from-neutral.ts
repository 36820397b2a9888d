import type { ChatRequest, Conversation, ImagePart, TextPart, Turn } from '@tollkeeper/domain/chat'
import { untranslatable } from '../dialect/untranslatable.ts'
import { readMessagesRequest } from './request.ts'
import { inputOf } from './whole.ts'

/** A neutral conversation as a checked body of messages. @throws Failure */
export function fromNeutral(conversation: Conversation): ChatRequest {
  const { model, system, turns, tools, stop, stream, maxOutputTokens, temperature } = conversation
  if (temperature !== null && temperature > 1) throw untranslatable('a temperature above 1', 'temperature')
  const chat = readMessagesRequest({
    model,
    // Every body has a cap; where the caller named none the attempt decides.
    max_tokens: maxOutputTokens ?? 1,
    ...(system.length > 0 && { system: system.join('\n\n') }),
    messages: turns.map(messageOf),
    ...(tools.length > 0 && { tools: tools.map(toolOf), ...choiceOf(conversation) }),
    ...formOf(conversation),
    ...(stop.length > 0 && { stop_sequences: stop }),
    ...given('temperature', temperature),
    ...given('top_p', conversation.topP),
    ...(conversation.user !== null && { metadata: { user_id: conversation.user } }),
    ...(stream && { stream: true }),
  })
  return { ...chat, maxOutputTokens }
}

const given = (name: string, value: unknown): object => (value === null ? {} : { [name]: value })

const toolOf = ({ name, description, schema, strict }: Conversation['tools'][number]) => ({
  name,
  ...given('description', description),
  input_schema: schema,
  ...(strict === true && { strict }),
})

function choiceOf({ toolChoice, parallelCalls }: Conversation): object {
  const oneAtATime = parallelCalls === false ? { disable_parallel_tool_use: true } : {}
  switch (toolChoice?.kind) {
    case 'none':
      return { tool_choice: { type: 'none' } }
    case 'required':
      return { tool_choice: { type: 'any', ...oneAtATime } }
    case 'tool':
      return { tool_choice: { type: 'tool', name: toolChoice.name, ...oneAtATime } }
    default:
      return toolChoice || parallelCalls === false ? { tool_choice: { type: 'auto', ...oneAtATime } } : {}
  }
}

function formOf({ form }: Conversation): object {
  if (form === null) return {}
  if (form.kind === 'json') throw untranslatable('JSON without a schema', 'response_format')
  return { output_config: { format: { type: 'json_schema', schema: form.schema } } }
}

/** Ids of calls have fewer characters to choose from here. */
const callId = (id: string): string => id.replaceAll(/[^a-zA-Z0-9_-]/g, '_')

function messageOf({ role, parts }: Turn) {
  const content: object[] = []
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
      case 'image':
        content.push(...shown([part]))
        break
      case 'tool-call':
        content.push({ type: 'tool_use', id: callId(part.id), name: part.name, input: inputOf(part.input) })
        break
      case 'tool-result':
        content.push({
          type: 'tool_result',
          tool_use_id: callId(part.callId),
          content: shown(part.parts),
          ...(part.isError && { is_error: true }),
        })
        break
      case 'thinking':
        // Without a signature it is another model's.
        if (part.signature) content.push({ type: 'thinking', thinking: part.text, signature: part.signature })
    }
  }
  return { role, content }
}

/** Empty texts are left out: they are refused here. */
const shown = (parts: readonly (TextPart | ImagePart)[]): object[] =>
  parts.flatMap((part): object[] => {
    if (part.kind === 'image') return [{ type: 'image', source: sourceOf(part) }]
    return part.text === '' ? [] : [{ type: 'text', text: part.text }]
  })

const sourceOf = ({ source }: ImagePart): object =>
  source.kind === 'url'
    ? { type: 'url', url: source.url }
    : { type: 'base64', media_type: source.mediaType, data: source.data }
