import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy, type BuiltKey } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import type { OrgPolicy } from '@tollkeeper/domain/policy'
import { says } from '../world/ask.ts'
import { openRaw } from '../world/raw.ts'
import { startWorld, type World } from '../world/world.ts'

type Entry = {
  name: string
  head?: string
  headers?: string
  body?: string
  bodyBase64?: string
  json?: unknown
  merge?: object
  repeat?: { text: string; times: number }
  length?: number | null
  expect: { status: number; type?: string; code?: string; param?: string; reason?: string; closes?: boolean; calls?: number }
}

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'))
const read = (file: string) => JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')) as Entry[]

let world: World
let policy: OrgPolicy
let key: BuiltKey
beforeAll(async () => {
  world = await startWorld()
  policy = aPolicy(world.simulator.url)
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }))
  key = aKey(policy)
  await world.publish(policy, key)
})
afterAll(() => world.stop())

const goodHead =
  'POST /v1/chat/completions HTTP/1.1\nhost: {HOST}\nauthorization: Bearer {KEY}\ncontent-type: application/json'

function bytesOf(entry: Entry): Buffer {
  const { repeat } = entry
  const tools = JSON.stringify(Array.from({ length: 1_000 }, () => ({ type: 'function', function: { name: 'f' } })))
  const filled = (text: string) =>
    text
      .replaceAll('{HOST}', new URL(world.url).host)
      .replaceAll('{KEY}', key.secret)
      .replaceAll('"{TOOLS}"', tools)
      .replaceAll('{X}', () => (repeat ? repeat.text.repeat(repeat.times) : '{X}'))
  const text = entry.body ?? JSON.stringify(entry.json ?? { ...says('Hi'), ...entry.merge })
  const body = entry.bodyBase64 === undefined ? Buffer.from(filled(text)) : Buffer.from(entry.bodyBase64, 'base64')
  const head = [entry.head ?? goodHead, ...(entry.headers === undefined ? [] : [entry.headers])]
  const length = entry.length === undefined ? body.length : entry.length
  const counted = entry.head?.includes('content-length') || length === null || (entry.head && body.length === 0 && length === 0)
  if (!counted) head.push(`content-length: ${length}`)
  return Buffer.concat([Buffer.from(`${filled(head.join('\n')).replaceAll('\n', '\r\n')}\r\n\r\n`), body])
}

/** Status, headers and body of the first answer in what a connection received. */
function firstAnswer(received: string) {
  const end = received.indexOf('\r\n\r\n')
  const [line = '', ...headers] = received.slice(0, end).split('\r\n')
  const length = Number(/content-length: (\d+)/i.exec(headers.join('\n'))?.[1])
  const rest = received.slice(end + 4)
  if (end < 0 || Buffer.byteLength(rest) < length) return undefined
  return { status: Number(line.split(' ')[1]), headers: headers.join('\n'), body: rest.slice(0, length) }
}

const leaks = /node_modules|\.ts\b|at .*\(|ECONN|redis|sk-gw-\w|topsecret|127\.0\.0\.1/i

describe.each(files)('%s', (file) => {
  it.each(read(file).map((entry) => [entry.name, entry] as const))('%s', async (_, entry) => {
    await world.simulator.reset()
    const before = { usage: await world.usage(policy), prototype: Object.keys(Object.prototype).length }
    const attempts = before.usage.attempts.length
    const lines = world.first.log().length

    const raw = await openRaw(world.url)
    raw.socket.write(bytesOf(entry))
    const answer = await until(() => firstAnswer(raw.received()), { within: 5_000, every: 2, what: 'an answer' })
    const wanted = entry.expect
    expect(answer.status).toBe(wanted.status)
    expect(answer.headers).toMatch(/^x-request-id: req_/m)
    expect(answer.headers).toMatch(/^request-id: req_/m)
    if (wanted.status !== 200) {
      const { error } = JSON.parse(answer.body) as { error: Record<string, unknown> & { gateway: { reason: string } } }
      expect(error['message']).toEqual(expect.any(String))
      expect(answer.body).not.toMatch(leaks)
      if (wanted.type !== undefined) expect(error['type']).toBe(wanted.type)
      if (wanted.code !== undefined) expect(error['code']).toBe(wanted.code)
      if (wanted.param !== undefined) expect(error['param']).toBe(wanted.param)
      if (wanted.reason !== undefined) expect(error.gateway.reason).toBe(wanted.reason)
    }
    if (wanted.closes) {
      const received = await raw.untilClosed(2_000)
      expect(raw.socket.closed).toBe(true)
      expect(received.split('HTTP/1.1 ')).toHaveLength(2)
    }
    raw.socket.destroy()

    expect((await world.simulator.totals()).calls).toBe(wanted.calls ?? 0)
    expect((await world.usage(policy)).attempts.length - attempts).toBe(wanted.calls ?? 0)
    expect(Object.keys(Object.prototype)).toHaveLength(before.prototype)
    for (const line of world.first.log().slice(lines)) expect(JSON.stringify(line)).not.toMatch(/sk-gw-|topsecret/)
  })
})
