import type { ChatRequest, Conversation, ImagePart, TextPart, ToolCallPart, Turn } from '@tollkeeper/domain/chat'
import { untranslatable } from '../dialect/untranslatable.ts'
import { readChatRequest } from './request.ts'

/** Most stop sequences, as at OpenAI. */
const mostStops = 4

/** A neutral conversation as a checked body of chat completions. @throws Failure */
export function fromNeutral(conversation: Conversation): ChatRequest {
  const { model, system, turns, tools, stop, stream, maxOutputTokens } = conversation
  if (stop.length > mostStops) throw untranslatable(`more than ${mostStops} stop sequences`, 'stop_sequences')
  if (turns.at(-1)?.role === 'assistant')
    throw untranslatable('an unfinished answer of the assistant as the last message', 'messages')
  const messages = [
    ...(system.length > 0 ? [{ role: 'system', content: system.join('\n\n') }] : []),
    ...turns.flatMap(messagesOf),
  ]
  return readChatRequest({
    model,
    messages,
    ...(tools.length > 0 && { tools: tools.map(toolOf) }),
    ...choiceOf(conversation),
    ...formOf(conversation),
    ...(stop.length > 0 && { stop }),
    ...given('temperature', conversation.temperature),
    ...given('top_p', conversation.topP),
    ...given('reasoning_effort', conversation.effort),
    ...given('user', conversation.user),
    ...given('max_completion_tokens', maxOutputTokens),
    ...(stream && { stream: true }),
  })
}

const given = (name: string, value: unknown): object => (value === null ? {} : { [name]: value })

const toolOf = ({ name, description, schema, strict }: Conversation['tools'][number]) => ({
  type: 'function',
  function: { name, ...given('description', description), parameters: schema, ...given('strict', strict) },
})

function choiceOf({ toolChoice, parallelCalls, tools }: Conversation): object {
  if (tools.length === 0) return {}
  const choice =
    toolChoice?.kind === 'tool' ? { type: 'function', function: { name: toolChoice.name } } : (toolChoice?.kind ?? null)
  return { ...given('tool_choice', choice), ...given('parallel_tool_calls', parallelCalls) }
}

function formOf({ form }: Conversation): object {
  if (form === null) return {}
  if (form.kind === 'json') return { response_format: { type: 'json_object' } }
  const { name, schema, strict } = form
  return { response_format: { type: 'json_schema', json_schema: { name, schema, ...given('strict', strict) } } }
}

function messagesOf(turn: Turn): object[] {
  if (turn.role === 'assistant') return [spoken(turn.parts)]
  const messages: object[] = []
  const said: (TextPart | ImagePart)[] = []
  for (const part of turn.parts) {
    if (part.kind !== 'tool-result') {
      said.push(part)
      continue
    }
    // Results are text in this dialect: what else they show follows in the words of the user.
    const text = part.parts.flatMap((each) => (each.kind === 'text' ? [each.text] : []))
    messages.push({ role: 'tool', tool_call_id: part.callId, content: text.join('\n') })
    said.push(...part.parts.filter((each) => each.kind === 'image'))
  }
  if (said.length > 0) messages.push({ role: 'user', content: contentOf(said) })
  return messages
}

function contentOf(parts: readonly (TextPart | ImagePart)[]): string | object[] {
  const [only] = parts
  if (parts.length === 1 && only?.kind === 'text') return only.text
  return parts.map((part) => (part.kind === 'text' ? { type: 'text', text: part.text } : imageOf(part)))
}

function imageOf({ source, detail }: ImagePart): object {
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
  return { type: 'image_url', image_url: { url, ...given('detail', detail) } }
}

/** Thoughts stay behind: only their own maker could check them. */
function spoken(parts: Extract<Turn, { role: 'assistant' }>['parts']): object {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []))
  const calls = parts.filter((part) => part.kind === 'tool-call')
  return {
    role: 'assistant',
    content: texts.length === 0 && calls.length > 0 ? null : texts.join(''),
    ...(calls.length > 0 && { tool_calls: calls.map(callBody) }),
  }
}

/** A call, as messages and answers carry it. */
export const callBody = ({ id, name, input }: ToolCallPart) => ({
  id,
  type: 'function',
  function: { name, arguments: input },
})
