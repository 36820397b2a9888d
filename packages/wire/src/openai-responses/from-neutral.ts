import type { ChatRequest, Conversation, ImagePart, TextPart, Turn } from '@tollkeeper/domain/chat'
import { untranslatable } from '../dialect/untranslatable.ts'
import { readResponsesRequest } from './request.ts'

/** A neutral conversation as a checked body of responses. @throws Failure */
export function fromNeutral(conversation: Conversation): ChatRequest {
  const { model, system, turns, tools, stop, stream } = conversation
  if (stop.length > 0) throw untranslatable('stop sequences', 'stop')
  return readResponsesRequest({
    model,
    ...(system.length > 0 && { instructions: system.join('\n\n') }),
    input: turns.flatMap(itemsOf),
    ...(tools.length > 0 && { tools: tools.map(toolOf), ...choiceOf(conversation) }),
    ...formOf(conversation),
    ...given('temperature', conversation.temperature),
    ...given('top_p', conversation.topP),
    ...(conversation.effort !== null && { reasoning: { effort: conversation.effort } }),
    ...given('user', conversation.user),
    ...given('max_output_tokens', conversation.maxOutputTokens),
    store: false,
    ...(stream && { stream: true }),
  })
}

const given = (name: string, value: unknown): object => (value === null ? {} : { [name]: value })

const toolOf = ({ name, description, schema, strict }: Conversation['tools'][number]) => ({
  type: 'function',
  name,
  ...given('description', description),
  parameters: schema,
  strict: strict ?? false,
})

function choiceOf({ toolChoice, parallelCalls }: Conversation): object {
  const choice = toolChoice?.kind === 'tool' ? { type: 'function', name: toolChoice.name } : (toolChoice?.kind ?? null)
  return { ...given('tool_choice', choice), ...given('parallel_tool_calls', parallelCalls) }
}

function formOf({ form }: Conversation): object {
  if (form === null) return {}
  if (form.kind === 'json') return { text: { format: { type: 'json_object' } } }
  const { name, schema, strict } = form
  return { text: { format: { type: 'json_schema', name, schema, ...given('strict', strict) } } }
}

function itemsOf(turn: Turn): object[] {
  return turn.role === 'assistant' ? turn.parts.flatMap(spoken) : asked(turn.parts)
}

/** Thoughts stay behind: only their own maker could check them. */
function spoken(part: Extract<Turn, { role: 'assistant' }>['parts'][number]): object[] {
  switch (part.kind) {
    case 'text':
      return [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: part.text }] }]
    case 'thinking':
      return []
    case 'tool-call':
      return [{ type: 'function_call', call_id: part.id, name: part.name, arguments: part.input }]
  }
}

function asked(parts: Extract<Turn, { role: 'user' }>['parts']): object[] {
  const results = parts.flatMap((part) =>
    part.kind === 'tool-result'
      ? [{ type: 'function_call_output', call_id: part.callId, output: part.parts.map(contentOf) }]
      : [],
  )
  const said = parts.filter((part) => part.kind !== 'tool-result')
  return said.length === 0 ? results : [...results, { type: 'message', role: 'user', content: said.map(contentOf) }]
}

function contentOf(part: TextPart | ImagePart): object {
  if (part.kind === 'text') return { type: 'input_text', text: part.text }
  const { source, detail } = part
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
  return { type: 'input_image', image_url: url, ...given('detail', detail) }
}
