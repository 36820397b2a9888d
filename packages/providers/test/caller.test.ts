import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCaller, targetOf, type Caller, type StreamListener } from '../src/index.ts'

type Answer = (response: ServerResponse) => void
let answer: Answer = (response) => response.end('{}')
let seen: { headers: IncomingHttpHeaders; url: string; body: string } | undefined
let caller: Caller
let origin: string

const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    seen = { headers: request.headers, url: request.url ?? '', body }
    answer(response)
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  caller = makeCaller({ firstByteTimeoutMs: 300, wholeTimeoutMs: 300, idleTimeoutMs: 300, mayBePrivate: () => true })
})
afterAll(async () => {
  await caller.close()
  server.closeAllConnections()
  server.close()
})

const target = () => targetOf('openai', `${origin}/v1`, 'secret')
const post = (next: Answer, withinMs = 300) => {
  answer = next
  return caller.post(target(), '/chat/completions', Buffer.from('{"a":1}'), { id: 'att_1', withinMs })
}
const stream = (next: Answer, withinMs = 300) => {
  answer = next
  return caller.postForStream(target(), '/chat/completions', Buffer.from('{}'), { id: 'att_1', withinMs })
}
const sse = { 'content-type': 'text/event-stream' }

describe('a whole answer', () => {
  it('is given as its bytes, and the call carries only what we built', async () => {
    const outcome = await post((response) => response.setHeader('x-request-id', 'up_1').end('{"ok":1}'))
    expect(outcome).toMatchObject({ kind: 'answered', body: Buffer.from('{"ok":1}'), upstreamId: 'up_1' })
    expect(seen?.url).toBe('/v1/chat/completions')
    expect(seen?.body).toBe('{"a":1}')
    expect(Object.keys(seen?.headers ?? {}).sort()).toEqual([
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
      'x-request-id',
    ])
    expect(seen?.headers).toMatchObject({ authorization: 'Bearer secret', 'accept-encoding': 'identity' })
  })

  it.each<[number, object]>([
    [400, { kind: 'refused', status: 400, contextLength: null }],
    [401, { kind: 'refused', status: 401 }],
    [429, { kind: 'refused', status: 429, retryAfterMs: 7_000 }],
    [500, { kind: 'failed', status: 500 }],
    [302, { kind: 'failed', status: 302 }],
  ])('with status %i is none', async (status, outcome) => {
    const headers = { 'retry-after': '7', location: 'http://127.0.0.1:1/' }
    expect(
      await post((response) => response.writeHead(status, headers).end('{"error":{"message":"no"}}')),
    ).toMatchObject(outcome)
  })

  it('keeps the words about a context that is too long, and no other', async () => {
    const words = "This model's maximum context length is 10 tokens."
    const error = { error: { code: 'context_length_exceeded', message: words } }
    expect(await post((response) => response.writeHead(400).end(JSON.stringify(error)))).toMatchObject({
      contextLength: words,
    })
  })

  it('that never comes is ambiguous, and so is one that is cut', async () => {
    expect(await post(() => {})).toMatchObject({ kind: 'ambiguous', timedOut: true, status: null })
    expect(await post((response) => response.destroy())).toMatchObject({ kind: 'ambiguous', timedOut: false })
    expect(
      await post((response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{"half":')
        setImmediate(() => response.destroy())
      }),
    ).toMatchObject({ kind: 'ambiguous', status: 200 })
  })

  it('that comes in drops is given up when its time is over, although it is never silent', async () => {
    const drops = (response: ServerResponse) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 10)
      response.once('close', () => clearInterval(timer))
    }
    expect(await post(drops, 60)).toEqual({ kind: 'ambiguous', timedOut: true, status: 200, reason: 'CALL_TIMEOUT' })
  })

  it.each<[string, number | null]>([
    ['0', 0],
    ['3600', 3_600_000],
    ['Sat, 28 Nov 2026 12:00:05 GMT', 5_000],
    ['Sat, 28 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-1', null],
  ])('says when to come back: %s', async (text, retryAfterMs) => {
    const headers = { 'retry-after': text, date: 'Sat, 28 Nov 2026 12:00:00 GMT' }
    expect(await post((response) => response.writeHead(503, headers).end())).toMatchObject({ retryAfterMs })
  })

  it('is proven not to be billed when nobody listens or the name does not exist', async () => {
    const nobody = targetOf('openai', 'http://127.0.0.1:1/v1', null)
    expect(await caller.post(nobody, '/x', Buffer.from('{}'), { id: 'a' })).toEqual({
      kind: 'not-sent',
      reason: 'ECONNREFUSED',
    })
    const noName = targetOf('openai', 'http://no-such-host.invalid/v1', null)
    expect(await caller.post(noName, '/x', Buffer.from('{}'), { id: 'a' })).toMatchObject({ kind: 'not-sent' })
  })
})

describe('a stream', () => {
  const heard = (): { log: string[]; listener: StreamListener; over: Promise<void> } => {
    const log: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const over = (line: string) => {
      log.push(line)
      resolve()
    }
    return {
      log,
      over: promise,
      listener: {
        data: (chunk) => void log.push(chunk.toString()),
        end: () => over('end'),
        broken: (reason, timedOut) => over(`broken ${timedOut ? 'late' : reason}`),
      },
    }
  }

  it('is heard from its first byte, however late somebody listens', async () => {
    const outcome = await stream((response) => response.writeHead(200, sse).end('data: 1\n\n'))
    if (outcome.kind !== 'streaming') throw new Error(outcome.kind)
    // By the time another call was answered, all of the stream has arrived.
    await post((response) => response.end('{}'))
    const { log, listener, over } = heard()
    outcome.stream.listen(listener)
    await over
    expect(log).toEqual(['data: 1\n\n', 'end'])
  })

  it.each<[string, Answer, string]>([
    ['breaks', (response) => setImmediate(() => response.destroy()), 'broken UND_ERR_SOCKET'],
    ['falls silent', () => {}, 'broken late'],
  ])('that %s says so', async (_, then, last) => {
    const outcome = await stream((response) => {
      response.writeHead(200, sse).write('data: 1\n\n')
      then(response)
    })
    if (outcome.kind !== 'streaming') throw new Error(outcome.kind)
    const { log, listener, over } = heard()
    outcome.stream.listen(listener)
    await over
    expect(log).toEqual(['data: 1\n\n', last])
  })

  it('whose head does not come in its time is none', async () => {
    expect(await stream(() => {}, 50)).toMatchObject({ kind: 'ambiguous', timedOut: true, reason: 'CALL_TIMEOUT' })
  })

  it('is none when the answer is an error or not a stream', async () => {
    expect(await stream((response) => response.writeHead(503).end())).toMatchObject({ kind: 'failed', status: 503 })
    expect(await stream((response) => response.end('<html>'))).toMatchObject({
      kind: 'ambiguous',
      reason: 'not-a-stream',
    })
  })
})
