import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCaller, targetOf, type Resolve } from '../src/index.ts'

/** Stands for something inside our network that nobody outside may reach: counts who comes. */
let canary: Server
let port: number
let visits = 0

beforeAll(async () => {
  canary = createServer((_request, response) =>
    response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end(),
  )
  canary.on('connection', () => (visits += 1))
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  port = (canary.address() as AddressInfo).port
})
afterAll(() => {
  canary.closeAllConnections()
  canary.close()
})

const found = (...addresses: string[]) =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

async function call(baseUrl: string, options: Partial<Parameters<typeof makeCaller>[0]> = {}) {
  const caller = makeCaller({ connectTimeoutMs: 500, ...options })
  try {
    const target = targetOf('openai-compatible', baseUrl, 'secret')
    return await caller.post(target, '/chat/completions', Buffer.from('{}'), { id: 'att_1' })
  } finally {
    await caller.close()
  }
}

const forbidden = { kind: 'not-sent', reason: 'OUTBOUND_ADDRESS_FORBIDDEN' }

describe('a provider at an address of our own network', () => {
  it.each([
    '127.0.0.1',
    '10.0.0.7',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '::1',
    '::ffff:127.0.0.1',
    'fd00::1',
    'fe80::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ])('is not called when its name means %s', async (address) => {
    const before = visits
    const resolve: Resolve = () => Promise.resolve(found(address))
    expect(await call('https://api.example.com/v1', { resolve })).toEqual(forbidden)
    expect(visits - before).toBe(0)
  })

  it('is not called when only one of the addresses of its name is inside', async () => {
    const resolve: Resolve = () => Promise.resolve(found('93.184.215.14', '10.0.0.7'))
    expect(await call('https://api.example.com/v1', { resolve })).toEqual(forbidden)
  })

  it('is not called when the name was public when it was saved and means this machine when it is called', async () => {
    const before = visits
    const answers = [found('93.184.215.14'), found('127.0.0.1')]
    const resolve: Resolve = () => Promise.resolve(answers.shift() ?? found('127.0.0.1'))
    // What the console saw on saving.
    expect(await resolve('rebind.example.com')).toEqual(found('93.184.215.14'))
    expect(await call('https://rebind.example.com:8443/v1', { resolve })).toEqual(forbidden)
    expect(visits - before).toBe(0)
  })

  it.each([
    () => `http://127.0.0.1:${port}/v1`,
    () => `https://127.0.0.1:${port}/v1`,
    () => `https://0x7f.1/v1`,
    () => `https://2130706433/v1`,
    () => `https://[::1]/v1`,
    () => `https://[::ffff:7f00:1]/v1`,
    () => `https://localhost/v1`,
    () => `http://api.example.com/v1`,
    () => `https://api.example.com:6379/v1`,
  ])('is not called by its number, in plain text, or at another port: case %#', async (address) => {
    const before = visits
    const resolve: Resolve = (host) => Promise.resolve(found(host === 'localhost' ? '127.0.0.1' : '93.184.215.14'))
    expect(await call(address(), { resolve })).toEqual(forbidden)
    expect(visits - before).toBe(0)
  })
})

describe('an installation that lets providers be inside its own network', () => {
  const mayBePrivate = () => true

  it('calls them there, and takes a redirect for a failure instead of following it', async () => {
    const before = visits
    const outcome = await call(`http://127.0.0.1:${port}/v1`, { mayBePrivate })
    expect(outcome).toMatchObject({ kind: 'failed', status: 302 })
    expect(visits - before).toBe(1)
  })

  it.each(['http://169.254.169.254/v1', 'http://[fe80::1]/v1', 'http://[::ffff:a9fe:a9fe]/v1'])(
    'never calls the address where a cloud keeps the secrets of its machines: %s',
    async (address) => {
      expect(await call(address, { mayBePrivate })).toEqual(forbidden)
    },
  )

  it('never calls the port of its own store', async () => {
    const before = visits
    const closedPorts = new Set([String(port)])
    expect(await call(`http://127.0.0.1:${port}/v1`, { mayBePrivate, closedPorts })).toEqual(forbidden)
    expect(visits - before).toBe(0)
  })

  it('still calls one kind of provider only where that kind may be', async () => {
    const before = visits
    const outcome = await call(`http://127.0.0.1:${port}/v1`, { mayBePrivate: (kind) => kind === 'ollama' })
    expect(outcome).toEqual(forbidden)
    expect(visits - before).toBe(0)
  })
})
