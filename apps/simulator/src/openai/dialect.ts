import type { IncomingMessage } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { Dialect } from '../call/dialect.ts'
import { failureOf } from './failure.ts'
import { limitHeaders } from './limit-headers.ts'

/** OpenAI's chat completions. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  keyOf,
  failureOf,
  headers: (requestId) => ({ 'x-request-id': requestId, 'openai-version': '2020-10-01' }),
  limitHeaders,
  newId: () => `chatcmpl-${randomUUID().replaceAll('-', '').slice(0, 29)}`,
}

function keyOf(request: IncomingMessage): string | null {
  const header = request.headers.authorization
  if (header === undefined) return null
  return header.replace(/^bearer\s+/i, '').trim() || null
}
