import { newKeyText } from '@tollkeeper/domain/key'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aKey, aPolicy, type BuiltKey } from '@tollkeeper/testbed/builders'
import { says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let key: BuiltKey
const policy = aPolicy('http://127.0.0.1:1')
beforeAll(async () => {
  world = await startWorld()
  policy.providers[0]!.baseUrl = `${world.simulator.url}/v1`
  key = aKey(policy)
  await world.publish(policy, key)
})
afterAll(() => world.stop())

async function ask(headers: Record<string, string>, path = '/v1/chat/completions') {
  const response = await fetch(world.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(says('Hi')),
  })
  const body = (await response.json()) as { error: { message: string; code: string; gateway: { reason: string } } }
  return { status: response.status, headers: response.headers, ...body }
}
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
/** Another last character, so that the checksum is wrong. */
const mistyped = (text: string) => text.slice(0, -1) + (text.endsWith('a') ? 'b' : 'a')

describe('a key', () => {
  it('is taken from the bearer or from x-api-key', async () => {
    expect((await ask(bearer(key.secret))).status).toBe(200)
    expect((await ask({ authorization: `bearer  ${key.secret}` })).status).toBe(200)
    expect((await ask({ 'x-api-key': key.secret })).status).toBe(200)
  })

  it('of ours wins over a credential of somebody else', async () => {
    expect((await ask({ ...bearer(key.secret), 'x-api-key': 'sk-ant-oat01-xyz' })).status).toBe(200)
    expect((await ask({ ...bearer('sk-ant-oat01-xyz'), 'x-api-key': key.secret })).status).toBe(200)
  })

  it.each<[string, () => Record<string, string>]>([
    ['mistyped', () => bearer(mistyped(key.secret))],
    ['of no organisation', () => bearer(aKey(policy).secret)],
    ['with the right id and a wrong secret', () => bearer(sameIdOtherSecret())],
    ['with look-alikes in it', () => ({ 'x-api-key': encodeURIComponent('sk-gw-ａbc') })],
    ['of 15 kB', () => bearer(`sk-gw-${'a'.repeat(15_000)}`)],
  ])('that is %s gets 401 and nothing else', async (_, headers) => {
    const { status, error, headers: sent } = await ask(headers())
    expect(status).toBe(401)
    expect(error.code).toBe('invalid_api_key')
    expect(sent.get('www-authenticate')).toBe('Bearer')
    expect(sent.get('x-request-id')).toBe(sent.get('request-id'))
  })

  it('of another vendor is said to be foreign, and is not repeated', async () => {
    const { status, error } = await ask(bearer('sk-proj-topsecret'))
    expect(status).toBe(401)
    expect(error.gateway.reason).toBe('foreign_key')
    expect(error.message).toContain('authorization')
    expect(error.message).not.toContain('topsecret')
  })

  it('is not looked for in the query', async () => {
    const { status, error } = await ask({}, `/v1/chat/completions?api_key=${key.secret}`)
    expect(status).toBe(401)
    expect(error.gateway.reason).toBe('no_key')
  })

  it.each<[string, Parameters<typeof aKey>[1], string]>([
    ['revoked', { status: 'revoked', statusChangedAtMs: Date.UTC(2026, 0, 2) }, 'revoked on 2026-01-02T00:00:00Z'],
    ['disabled', { status: 'disabled' }, 'disabled'],
    ['expired', { expiresAtMs: Date.UTC(2026, 0, 2) }, 'expired on 2026-01-02T00:00:00Z'],
  ])('that is %s is refused with the reason', async (_, change, says) => {
    const other = aKey(policy, change)
    await world.publish(policy, other)
    const { status, error } = await ask(bearer(other.secret))
    expect(status).toBe(401)
    expect(error.message).toContain(says)
  })

  it('tells its status only to who has its secret', async () => {
    const revoked = aKey(policy, { status: 'revoked' })
    await world.publish(policy, revoked)
    const { publicId } = revoked.record
    const { error } = await ask(bearer(withPublicId(publicId)))
    expect(error.gateway.reason).toBe('invalid_api_key')
  })

  it('of a suspended organisation is refused with 403', async () => {
    const suspended = aPolicy(world.simulator.url, { suspended: true })
    const other = aKey(suspended)
    await world.publish(suspended, other)
    expect(await ask(bearer(other.secret))).toMatchObject({
      status: 403,
      error: { gateway: { reason: 'org_suspended' } },
    })
  })
})

describe('headers that name a scope', () => {
  it('may repeat what the key is, and nothing else', async () => {
    const scopes = { teamId: 'team_a' as never, userId: 'mem_a' as never, roleId: 'role_a' as never }
    const member = aKey(policy, { scopes })
    await world.publish(policy, member)
    const own = { 'x-team-id': 'team_a', 'x-user-id': 'mem_a', 'x-role': 'role_a' }
    expect((await ask({ ...bearer(member.secret), ...own })).status).toBe(200)
    for (const [header, id] of [
      ['x-team-id', 'team_b'],
      ['x-team-id', 'TEAM_A'],
      ['x-team-id', '*'],
      ['x-team-id', ''],
      ['x-team-id', 'team_a,team_a'],
      ['x-user-id', 'mem_b'],
      ['x-role', 'a'.repeat(4_096)],
      ['x-llm-rolegroup', 'rgrp_a'],
    ] as const) {
      const { status, error } = await ask({ ...bearer(member.secret), [header]: id })
      expect([header, id.slice(0, 20), status]).toEqual([header, id.slice(0, 20), 403])
      expect(error.gateway.reason).toBe('scope_forbidden')
    }
  })
})

// A key with a right checksum and the public id of another one.
function withPublicId(publicId: string): string {
  for (;;) {
    const { secret } = aKey(policy)
    const forged = rebuilt(publicId, secret.slice(14, 57))
    if (forged !== undefined) return forged
  }
}
const sameIdOtherSecret = () => withPublicId(key.record.publicId)

function rebuilt(publicId: string, secret: string): string | undefined {
  let drawn = 0
  const text = publicId + secret
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  // `newKeyText` draws its characters one by one from random bytes: give it those of the text we want.
  const random = (count: number) =>
    Uint8Array.from({ length: count }, (_, i) => digits.indexOf(text.charAt((drawn + i) % text.length)))
  const made = newKeyText((count) => {
    const bytes = random(count)
    drawn += count - 4
    return bytes
  })
  return made.publicId === publicId ? made.text : undefined
}
