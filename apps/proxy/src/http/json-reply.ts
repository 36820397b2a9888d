import type { ServerResponse } from 'node:http'
import { idHeaders } from './headers.ts'

/** Sends a value as JSON, with the request ids. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  given: { requestId: string; extra: readonly string[] },
): void {
  if (response.destroyed) return
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    ...idHeaders(given.requestId),
    ...given.extra,
  ])
  response.end(body)
}
