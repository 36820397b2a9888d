import type { ServerResponse } from 'node:http'
import type { Answered } from '../pipeline/exchange.ts'
import type { ClientStream } from '../pipeline/answer/relay.ts'
import { answerHeaders } from './headers.ts'

const streamHeaders = [
  'content-type',
  'text/event-stream; charset=utf-8',
  'cache-control',
  'no-cache, no-transform',
  // nginx would gather events otherwise.
  'x-accel-buffering',
  'no',
]

/** Sends the head at once and passes the stream on. A client that left is told to the relay, which goes on draining. */
export function sendStream(
  response: ServerResponse,
  answered: Extract<Answered, { kind: 'stream' }>,
  extra: readonly string[],
): void {
  const { relay } = answered
  if (response.destroyed || response.socket?.destroyed) return relay.start(undefined)
  response.writeHead(200, [...streamHeaders, ...answerHeaders(answered), ...extra])
  response.flushHeaders()
  response.once('close', () => relay.clientLeft())
  relay.start(clientStreamOf(response))
}

const clientStreamOf = (response: ServerResponse): ClientStream => ({
  write: (bytes) => response.write(bytes),
  onDrain: (listener) => void response.once('drain', listener),
  end: (last) => void response.end(last),
  cut: () => void response.destroy(),
})
