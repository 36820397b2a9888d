import type { ChatRequest, Dialect } from '@tollkeeper/domain/chat'
import { dialectOf, translateRequest } from '@tollkeeper/wire/dialect'
import { readJson } from '@tollkeeper/wire/json'

type Fields = Readonly<Record<string, unknown>>

/**
 * Parses and checks a body in the caller's dialect. Some clients send a body of the Responses API to the path of chat
 * completions and expect the answer of a chat (wire.md 2.1): it becomes one here.
 *
 * @throws Failure
 */
export function readChat(bytes: Buffer, name: Dialect): ChatRequest {
  const body = readJson(bytes)
  const dialect = dialectOf(name)
  if (name !== 'openai-chat' || !isResponsesBody(body)) return dialect.readRequest(body)
  const responses = dialectOf('openai-responses')
  // What only concerns us and the caller is not translated.
  const { stream_options, requestedTokens, ...asked } = body
  const translated = translateRequest(responses.readRequest(asked), responses, dialect)
  return dialect.readRequest({ ...translated.body, stream_options, requestedTokens })
}

const isResponsesBody = (body: unknown): body is Fields =>
  typeof body === 'object' && body !== null && 'input' in body && !('messages' in body)
