import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../chat/index.ts'
import type { OrgId, ProviderId } from '../id/index.ts'
import { writeCanonicalPrompt } from './canonical-prompt.ts'
import { fullHash, prefixHash, promptTenantOf } from './index.ts'

const tenantOf = (orgId: string, provider = 'prov_1', sealedCredential: string | null = 'sealed') =>
  promptTenantOf({ orgId: orgId as OrgId }, { id: provider as ProviderId, sealedCredential })
const acme = tenantOf('org_acme')

type Body = Record<string, unknown>
const asked = (body: Body): ChatRequest =>
  ({ dialect: 'openai-chat', model: String(body['model']), body }) as unknown as ChatRequest
function canonicalPrompt(chat: ChatRequest): string {
  const pieces: string[] = []
  writeCanonicalPrompt(chat, (piece) => pieces.push(piece))
  return pieces.join('')
}
const full = (body: Body) => fullHash(acme, asked(body))
const prefix = (body: Body) => prefixHash(acme, asked(body))

const tool = (name: string, description = `What ${name} does`) => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties: {} } },
})
const plain: Body = {
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'You are brief.' },
    { role: 'user', content: 'Why is the sky blue?' },
  ],
  temperature: 0.7,
  max_tokens: 100,
  tools: [tool('weather'), tool('search')],
}

/** Bodies with whatever a client could send. */
const bodies = fc
  .record({
    messages: fc.array(
      fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content: fc.string({ unit: 'binary' }) }),
      { minLength: 1, maxLength: 5 },
    ),
    tools: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 5 }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    extra: fc.dictionary(fc.constantFrom('seed', 'stop', 'response_format', 'something_new'), fc.jsonValue()),
  })
  .map(({ messages, tools, temperature, extra }): Body => ({
    model: 'gpt-4o-mini',
    messages,
    temperature,
    tools: tools.map((name) => tool(name)),
    ...extra,
  }))

/** The same value with every object's keys in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, field]) => [name, turned(field)]),
  )
}

describe('the hashes of a prompt', () => {
  it('stay the same when keys and tools change places', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const other = turned({ ...body, tools: (body['tools'] as unknown[]).toReversed() }) as Body
        expect([full(other), prefix(other)]).toEqual([full(body), prefix(body)])
      }),
    )
  })

  it('are those of the canonical text too', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const text = canonicalPrompt(asked(body))
        expect(canonicalPrompt(asked(JSON.parse(text) as Body))).toBe(text)
      }),
    )
  })

  it('keep messages in their order, and every character of their text', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        expect((JSON.parse(canonicalPrompt(asked(body))) as Body)['messages']).toEqual(body['messages'])
      }),
    )
  })

  it('differ when anything differs that the answer depends on', () => {
    fc.assert(
      fc.property(bodies, bodies, (one, other) => {
        fc.pre(canonicalPrompt(asked(one)) !== canonicalPrompt(asked(other)))
        expect(full(one)).not.toBe(full(other))
      }),
    )
  })

  it.each<[string, Body]>([
    ['model', { model: 'gpt-4o' }],
    ['temperature', { temperature: 0.8 }],
    ['temperature to none', { temperature: undefined }],
    ['max_tokens', { max_tokens: 101 }],
    ['top_p', { top_p: 0.5 }],
    ['seed', { seed: 7 }],
    ['stop', { stop: ['\n'] }],
    ['n', { n: 2 }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['tool_choice', { tool_choice: 'none' }],
    ['reasoning_effort', { reasoning_effort: 'low' }],
    ['a field that nobody knows yet', { something_new: true }],
    ['what a tool says', { tools: [tool('weather', 'Another one'), tool('search')] }],
    ['one space of a text', { messages: [{ role: 'user', content: 'Why is the sky blue? ' }] }],
    ['the order of messages', { messages: (plain['messages'] as unknown[]).toReversed() }],
  ])('changes with %s', (_, change) => {
    expect(full({ ...plain, ...change })).not.toBe(full(plain))
  })

  it.each<[string, Body]>([
    ['user', { user: 'ada' }],
    ['metadata', { metadata: { ticket: '7' } }],
    ['safety_identifier', { safety_identifier: 'ada' }],
    ['stream', { stream: true, stream_options: { include_usage: true } }],
    ['requestedTokens', { requestedTokens: 9_000 }],
  ])('stays with another %s, which no answer depends on', (_, change) => {
    expect(full({ ...plain, ...change })).toBe(full(plain))
  })

  it('of the prefix stays while the conversation goes on, and changes with tools and system', () => {
    const messages = [...(plain['messages'] as unknown[]), { role: 'assistant', content: 'Rayleigh.' }]
    expect(prefix({ ...plain, messages, temperature: 0 })).toBe(prefix(plain))
    expect(prefix({ ...plain, tools: [tool('weather')] })).not.toBe(prefix(plain))
    expect(prefix({ ...plain, messages: messages.slice(1) })).not.toBe(prefix(plain))
  })

  it('does not know of the line with which Claude Code begins its system prompt', () => {
    const line = (checksum: string) =>
      `x-anthropic-billing-header: cc_version=2.1.237.b1c; cc_entrypoint=cli; cch=${checksum};`
    const withSystem = (content: unknown): Body => ({
      ...plain,
      messages: [{ role: 'system', content }, ...(plain['messages'] as unknown[]).slice(1)],
    })
    const parts = (checksum: string) =>
      withSystem([
        { type: 'text', text: line(checksum) },
        { type: 'text', text: 'You are brief.' },
      ])
    expect(full(parts('0a1b2'))).toBe(full(parts('ffff0')))
    expect(prefix(parts('0a1b2'))).toBe(prefix(parts('ffff0')))
    expect(full(withSystem(`${line('0a1b2')}\nYou are brief.`))).toBe(full(plain))
    const anthropic = (checksum: string): Body => ({ ...plain, system: [{ type: 'text', text: line(checksum) }] })
    expect(full(anthropic('0a1b2'))).toBe(full(anthropic('ffff0')))
  })

  it('does know of instructions that are dressed up as that line, and of the line anywhere else', () => {
    const says = (role: string, word: string): Body => ({
      ...plain,
      messages: [{ role, content: `x-anthropic-billing-header: ${word}` }],
    })
    expect(full(says('system', 'answer in French'))).not.toBe(full(says('system', 'answer in Greek')))
    expect(full(says('user', 'cch=1;'))).not.toBe(full(says('user', 'cch=2;')))
  })
})

describe('the tenant of a prompt', () => {
  it('keeps two organisations apart that ask the same, and two credentials of one', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const tenants = [
          acme,
          tenantOf('org_globex'),
          tenantOf('org_acme', 'prov_2'),
          tenantOf('org_acme', 'prov_1', null),
        ]
        expect(new Set(tenants.map((tenant) => fullHash(tenant, asked(body)))).size).toBe(4)
        expect(new Set(tenants.map((tenant) => prefixHash(tenant, asked(body)))).size).toBe(4)
        // Nothing else would: the prompts themselves are equal.
        expect(new Set(tenants.map(() => canonicalPrompt(asked(body)))).size).toBe(1)
      }),
    )
  })

  it('cannot be left out, nor made of anything but a key and its provider', () => {
    // @ts-expect-error A hash without a tenant would be the same for all of them.
    expect(() => fullHash(undefined, asked(plain))).toThrow(TypeError)
    // @ts-expect-error Any text that somebody sent could be somebody else's tenant.
    expect(fullHash({ text: 'org_globex' }, asked(plain))).not.toBe(full(plain))
  })
})
