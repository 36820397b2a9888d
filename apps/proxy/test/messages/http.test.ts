import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aKey, aLimit, aModel, aPolicy, aProvider, type BuiltKey } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { startWorld, untilAttempts, type World } from '../world/world.ts'
import { clientsOf, model, policyOf } from './clients.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

const hi = { model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi [[sim:say=Hello]]' }] }

async function post(url: string, headers: Record<string, string>, body: object = hi) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}
const withKey = ({ secret }: BuiltKey) => ({ 'x-api-key': secret })

describe('POST /v1/messages', () => {
  it.each(['/v1/messages', '/v1/messages?beta=true', '/messages', '/v1/v1/messages'])('answers at %s', async (path) => {
    const { key } = await clientsOf(world, 'anthropic')
    const { status, headers, body } = await post(world.url + path, withKey(key))
    expect([status, body['type']]).toEqual([200, 'message'])
    expect(headers.get('request-id')).toMatch(/^req_/)
    expect(headers.get('request-id')).toBe(headers.get('x-request-id'))
  })

  it('takes the key from either header', async () => {
    const { key } = await clientsOf(world, 'anthropic')
    expect(await post(`${world.url}/v1/messages`, { authorization: `Bearer ${key.secret}` })).toMatchObject({
      status: 200,
    })
  })

  it('tells how many requests are left with a time, as this dialect does', async () => {
    const policy = policyOf(world, 'anthropic')
    policy.rateLimits.push(aLimit({ kind: 'organisation', id: policy.orgId }, { requestsPerMinute: 2 }))
    const key = aKey(policy)
    await world.publish(policy, key)
    const { headers } = await post(`${world.url}/v1/messages`, withKey(key))
    expect(headers.get('anthropic-ratelimit-requests-limit')).toBe('2')
    expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('1')
    expect(headers.get('anthropic-ratelimit-requests-reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    await post(`${world.url}/v1/messages`, withKey(key))
    expect(await post(`${world.url}/v1/messages`, withKey(key))).toMatchObject({
      status: 429,
      body: { type: 'error', error: { type: 'rate_limit_error' } },
    })
  })

  it.each<[string, Record<string, string>, object, object]>([
    ['without a key', {}, hi, { status: 401, body: { type: 'error', error: { type: 'authentication_error' } } }],
    ['in another media type', { 'content-type': 'text/plain', 'x-api-key': 'ours' }, hi, { status: 415 }],
    [
      'for a model that is not there',
      { 'x-api-key': 'ours' },
      { ...hi, model: 'claude-haiku' },
      { status: 404, body: { error: { type: 'not_found_error' } } },
    ],
    [
      'without a cap',
      { 'x-api-key': 'ours' },
      { ...hi, max_tokens: null },
      { status: 400, body: { error: { type: 'invalid_request_error' } } },
    ],
    [
      'when the provider is overloaded',
      { 'x-api-key': 'ours', 'x-gateway-deadline-ms': '500' },
      { ...hi, messages: [{ role: 'user', content: 'Hi [[sim:status=529]]' }] },
      { status: 529, body: { error: { type: 'overloaded_error', gateway: { source: 'provider:Simulated' } } } },
    ],
  ])('says in this dialect why it refuses a request %s', async (_, headers, body, expected) => {
    const { key } = await clientsOf(world, 'anthropic')
    const sent = headers['x-api-key'] === undefined ? headers : { ...headers, ...withKey(key) }
    const refused = await post(`${world.url}/v1/messages`, sent, body)
    expect(refused).toMatchObject({
      body: { type: 'error', request_id: refused.headers.get('request-id') },
      ...expected,
    })
  })
})

describe('what a provider of this dialect receives', () => {
  const heard: { url: string | undefined; headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = []
  let provider: Server
  beforeAll(async () => {
    provider = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        heard.push({ url: request.url, headers: request.headers, body: JSON.parse(text) as Record<string, unknown> })
        response.setHeader('content-type', 'application/json').end(
          JSON.stringify({
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            model,
            content: [{ type: 'text', text: 'Hello', citations: null }],
            stop_reason: 'end_turn',
            stop_sequence: null,
            usage: { input_tokens: 3, output_tokens: 1 },
          }),
        )
      })
    })
    await new Promise<void>((resolve) => void provider.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => void provider.close())

  it('is what the caller wrote, its version and betas, and nothing that is ours', async () => {
    const { port } = provider.address() as AddressInfo
    const told = aProvider(`http://127.0.0.1:${port}`, { kind: 'anthropic' })
    const policy = aPolicy(world.simulator.url, {
      providers: [told],
      models: [aModel(told, model, { encoding: 'bytes' })],
    })
    const key = aKey(policy)
    await world.publish(policy, key)
    const body = {
      ...hi,
      top_k: 5,
      system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }],
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    }
    const headers = {
      ...withKey(key),
      'anthropic-version': '2099-01-01',
      'anthropic-beta': 'context-management-2025-06-27',
    }
    const answer = await post(`${world.url}/v1/messages?beta=true`, { ...headers, cookie: 'a=b' }, body)
    expect(answer.body).toMatchObject({ content: [{ type: 'text', text: 'Hello', citations: null }] })
    const [call] = heard
    expect(call?.url).toBe('/v1/messages')
    expect(call?.body).toEqual(body)
    expect(call?.headers).toMatchObject({
      'anthropic-version': '2099-01-01',
      'anthropic-beta': headers['anthropic-beta'],
    })
    expect(call?.headers).not.toHaveProperty('cookie')
    expect(JSON.stringify(call?.headers)).not.toContain('sk-gw-')
    await untilAttempts(world, policy, 1)

    // A caller of another dialect brings no version, and its betas are nobody's.
    const chat = { model, messages: [{ role: 'user', content: 'Hi' }] }
    const other = { authorization: `Bearer ${key.secret}`, 'anthropic-beta': 'x' }
    expect(await post(`${world.url}/v1/chat/completions`, other, chat)).toMatchObject({
      status: 200,
      body: { object: 'chat.completion', choices: [{ message: { content: 'Hello' } }] },
    })
    await until(async () => heard[1], { within: 5_000, what: 'the second call' })
    expect(heard[1]?.headers['anthropic-version']).toBe('2023-06-01')
    expect(heard[1]?.headers).not.toHaveProperty('anthropic-beta')
  })
})
