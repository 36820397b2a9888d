import type { Failure } from '@tollkeeper/domain/failure'
import { failureBody } from '../openai-chat/failure.ts'
import type { Fields } from '../field.ts'

/** What is known of a stream that fails: how many events it had, and its response. */
export type Begun = { events: number; response: Fields }

const nothing: Begun = { events: 0, response: { id: 'resp_0', object: 'response', output: [] } }

/** The event that ends a stream which broke: the response, failed. What is ours is under `error.gateway`. */
export function failedFrame(failure: Failure, { events, response }: Begun = nothing): Buffer {
  const { error } = JSON.parse(failureBody(failure, '')) as { error: Fields }
  const { message, code, type, gateway } = error
  const said = { code: code ?? type, message, gateway: { ...(gateway as object), request_id: undefined } }
  return eventOf('response.failed', events, { response: { ...response, status: 'failed', error: said, usage: null } })
}

/** One event, with its number. */
export const eventOf = (type: string, number: number, fields: object): Buffer =>
  Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...fields })}\n\n`)
