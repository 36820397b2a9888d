import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Simulated, ask, simulated } from './simulated.ts'

let sim: Simulated
beforeAll(async () => {
  sim = await simulated()
})
beforeEach(async () => {
  await fetch(`${sim.url}/__sim/reset`, { method: 'POST', headers: { 'content-type': 'application/json' } })
})
afterAll(() => sim.stop())

const streamed = { stream: true, stream_options: { include_usage: true } }
const post = (prompt: string, rest: object = {}, signal?: AbortSignal) =>
  sim.post(ask(prompt, rest), signal ? { signal } : {})
const lastEnd = async () => {
  const call = (await sim.calls()).at(-1)
  return call && [call.end, call.generatedTokens, call.completionTokens]
}

/** Reads until so many bytes came, then goes away. */
async function leaveAfter(bytes: number, prompt: string, rest: object = {}): Promise<void> {
  const leaving = new AbortController()
  const answer = await post(prompt, rest, leaving.signal)
  let seen = 0
  for await (const piece of answer.body ?? []) {
    seen += piece.length
    if (seen >= bytes) break
  }
  leaving.abort()
  await expect.poll(async () => (await sim.totals()).open, { timeout: 5_000 }).toBe(0)
}

/** The bytes of the answer to one request, as they come over the wire. */
function overTheWire(body: object): Promise<string> {
  const text = JSON.stringify(body)
  const { hostname, port } = new URL(sim.url)
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect(Number(port), hostname)
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      if (heard.includes('evil') || heard.includes('0\r\n\r\n')) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    )
  })
}

describe('a provider that is silent', () => {
  it.each([{}, streamed])('[[sim:hang=headers]] sends its head and nothing more', async (rest) => {
    const leaving = new AbortController()
    const answer = await post('[[sim:hang=headers]]', rest, leaving.signal)
    expect(answer.status).toBe(200)
    leaving.abort()
    await expect.poll(async () => (await sim.calls()).at(-1)?.end, { timeout: 5_000 }).toBe('client-left')
  })

  it('[[sim:stall=3]] says nothing more after 3 tokens, which are billed', async () => {
    const leaving = new AbortController()
    const answer = await post('[[sim:stall=3]]', streamed, leaving.signal)
    const decoder = new TextDecoder()
    let text = ''
    for await (const piece of answer.body ?? []) {
      text += decoder.decode(piece, { stream: true })
      if ((text.match(/"content":"[^"]+"/g)?.length ?? 0) >= 3) break
    }
    leaving.abort()
    await expect.poll(lastEnd, { timeout: 5_000 }).toEqual(['client-left', 3, 3])
  })

  it('[[sim:drip=1]] sends byte by byte, all of it', async () => {
    const dripped = await (await post('[[sim:drip=1]] [[sim:say=Hi]]')).json()
    expect(dripped).toMatchObject({ choices: [{ message: { content: 'Hi' } }] })
    expect(await lastEnd()).toEqual(['complete', 1, 1])
  })
})

it('[[sim:endless]] goes on until the client leaves, and bills no more than the answer', async () => {
  await leaveAfter(100_000, '[[sim:endless]] [[sim:tokens=5]]', streamed)
  const call = (await sim.calls()).at(-1)
  expect(call).toMatchObject({ end: 'client-left', completionTokens: 5 })
  expect(call?.generatedTokens).toBeGreaterThan(100)
})

describe('a stream that ends too early', () => {
  it('[[sim:cut=4;close]] ends as if all had been said', async () => {
    const text = await (await post('[[sim:cut=4;close]]', streamed)).text()
    expect(text.match(/"content":"[^"]+"/g)).toHaveLength(4)
    expect(text).not.toContain('[DONE]')
    expect(await lastEnd()).toEqual(['cut', 4, 4])
  })

  it('[[sim:cut=4;reset]] resets the connection', async () => {
    const { hostname, port } = new URL(sim.url)
    const broke = new Promise<string>((resolve) => {
      const request = httpRequest({ hostname, port, path: '/v1/chat/completions', method: 'POST' }, (answer) => {
        answer.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
        answer.resume()
      })
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      request.end(JSON.stringify(ask('[[sim:cut=4;reset]]', streamed)))
    })
    expect(await broke).toBe('ECONNRESET')
  })

  it('[[sim:fail=4]] says so in the stream', async () => {
    const text = await (await post('[[sim:fail=4]]', streamed)).text()
    expect(text.trimEnd().split('\n').at(-1)).toContain('data: {"error":{"message":')
    expect(await lastEnd()).toEqual(['failed', 4, 4])
  })
})

describe('garbage', () => {
  it('is a page, with no bill', async () => {
    const answer = await post('[[sim:garbage=html]]')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await answer.text()).toContain('<title>')
    expect((await sim.calls()).at(-1)).toMatchObject({ end: 'garbage', billedNano: '0' })
  })

  it('is JSON that is cut in half, and was written', async () => {
    await expect((await post('[[sim:garbage=truncated]] [[sim:tokens=20]]')).json()).rejects.toThrow('JSON')
    expect(await lastEnd()).toEqual(['garbage', 20, 20])
  })

  it.each([{}, streamed])('is bytes that are no UTF-8', async (rest) => {
    const bytes = await (await post('[[sim:garbage=utf8]] [[sim:say=Hello]]', rest)).arrayBuffer()
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow('encoded data was not valid')
  })

  it('is a small body that grows to 100 MiB', async () => {
    const { hostname, port } = new URL(sim.url)
    const size = await new Promise<number>((resolve) => {
      const request = httpRequest({ hostname, port, path: '/v1/chat/completions', method: 'POST' }, (answer) => {
        let bytes = 0
        answer.on('data', (chunk: Buffer) => (bytes += chunk.length))
        answer.on('end', () => resolve(bytes))
      })
      request.end(JSON.stringify(ask('[[sim:garbage=gzip-bomb]]')))
    })
    expect(size).toBeLessThan(200_000)
  })

  it.each(['huge-line', 'tiny-events'])('is %s, as long as it is read', async (kind) => {
    await leaveAfter(5_000_000, `[[sim:garbage=${kind}]]`, streamed)
    expect((await sim.calls()).at(-1)).toMatchObject({ billedNano: '0' })
  })

  it('is an answer in three wrappings, which is right inside', async () => {
    const answer = await post('[[sim:garbage=stacked]] [[sim:say=Hi]]')
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hi' } }] })
  })

  it('is a second answer that nobody asked for', async () => {
    const heard = await overTheWire(ask('[[sim:garbage=second-response]]'))
    expect(heard.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
  })

  it.each([
    ['many-headers', 'x-more-999: x'],
    ['long-header', 'x-long: xxx'],
    ['chunk-extension', ';x=yyy'],
  ])('is %s', async (kind, sign) => {
    expect(await overTheWire(ask(`[[sim:garbage=${kind}]]`, streamed))).toContain(sign)
  })
})

it.each<[string, unknown]>([
  ['null', null],
  ['float', 8.5],
  ['text', '8'],
  ['infinite', 1e300],
])('[[sim:usage=%s]] is told as it is', async (lie, expected) => {
  const answer = (await (await post(`[[sim:usage=${lie}]]`)).json()) as { usage: { prompt_tokens: unknown } | null }
  const prompt = answer.usage && answer.usage.prompt_tokens
  // The mark itself costs tokens, so only the kind of the lie is compared.
  expect(typeof prompt).toBe(typeof expected)
  if (lie === 'float') expect(Number.isInteger(prompt)).toBe(false)
  if (lie === 'infinite') expect(prompt).toBe(1e300)
})

it('[[sim:usage=above-cap]] and [[sim:usage=decreasing]] lie in a stream', async () => {
  const reports = async (lie: string) => {
    const text = await (await post(`[[sim:usage=${lie}]] [[sim:tokens=10]]`, { ...streamed, max_tokens: 50 })).text()
    return [...text.matchAll(/"completion_tokens":(\d+)/g)].map(([, count]) => Number(count))
  }
  expect(await reports('above-cap')).toEqual([51])
  expect(await reports('decreasing')).toEqual([10, 5])
})

describe('marks for every call', () => {
  it('reach three of ten calls, and a prompt with its own mark keeps it', async () => {
    await sim.behave({ marks: '[[sim:status=500;retry-after=Wed, 21 Oct 2026 07:28:00 GMT]]', marksShare: 0.3 })
    const statuses = []
    for (let call = 0; call < 10; call += 1) statuses.push((await post('Hello')).status)
    expect(statuses.filter((status) => status === 500)).toHaveLength(3)
    await sim.behave({ marksShare: 1 })
    const refused = await post('Hello')
    expect(refused.headers.get('retry-after')).toBe('Wed, 21 Oct 2026 07:28:00 GMT')
    expect((await post('[[sim:status=503]]')).status).toBe(503)
    await sim.behave({ marks: null, marksShare: null })
    expect((await post('Hello')).status).toBe(200)
  })

  it('are refused when they are not understood', async () => {
    await expect(sim.behave({ marks: '[[sim:nonsense]]' })).rejects.toThrow('Simulator mark not understood: nonsense')
  })
})
