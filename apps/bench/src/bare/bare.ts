import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Pool, type Dispatcher } from 'undici'

/** Headers that belong to one connection and are not passed on (RFC 9110, section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'host',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
])

/**
 * The smallest reverse proxy worth the name: every request goes to `origin` and every answer comes back, byte by
 * byte as it arrives, with nothing looked at. Everything the gateway costs is stated as a ratio to this.
 */
export function bareProxy(origin: string): Server {
  const upstream = new Pool(origin, { connections: 1_024, headersTimeout: 60_000, bodyTimeout: 60_000 })
  // Load comes and goes in rounds: connections stay open over the pauses.
  return createServer({ keepAliveTimeout: 60_000 }, (request, reply) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => relay(upstream, request, Buffer.concat(chunks), reply))
  })
}

function relay(upstream: Pool, request: IncomingMessage, body: Buffer, reply: ServerResponse): void {
  let controller: Dispatcher.DispatchController | undefined
  reply.once('close', () => {
    if (!reply.writableFinished) controller?.abort(new Error('the caller left'))
  })
  upstream.dispatch(
    {
      path: request.url ?? '/',
      method: request.method ?? 'GET',
      headers: endToEnd(request.rawHeaders),
      body: body.length > 0 ? body : null,
    },
    {
      onRequestStart: (started) => {
        controller = started
      },
      onResponseStart: (started, status) => {
        reply.writeHead(status, endToEnd(rawText(started.rawHeaders)))
      },
      onResponseData: (started, chunk) => {
        if (reply.write(chunk)) return
        started.pause()
        reply.once('drain', () => started.resume())
      },
      onResponseEnd: () => {
        reply.end()
      },
      onResponseError: () => {
        if (reply.headersSent) reply.destroy()
        else reply.writeHead(502).end()
      },
    },
  )
}

/** Names and values in turn, without those of one connection. */
function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? ''
    if (!hopByHop.has(name.toLowerCase())) kept.push(name, raw[at + 1] ?? '')
  }
  return kept
}

function rawText(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  return Array.isArray(raw) ? raw.map((part) => part.toString('latin1')) : []
}
