import type { ChatRequest } from '@tollkeeper/domain/chat'
import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import { fullHash, prefixHash, promptTenantOf } from '@tollkeeper/domain/prompt'
import { percentile } from '../measure/numbers.ts'

/** How long the canonical form and both hashes of one body take. */
export type PrepareResult = {
  bytes: number
  tools: number
  p50Ms: number
  p99Ms: number
  times: number
  goalMs: number
}

const sizes = [
  { bytes: 32_768, goalMs: 1 },
  { bytes: 524_288, goalMs: 10 },
]
const tools = 20

const tenant = promptTenantOf(
  { orgId: 'org_bench' as OrgId },
  { id: 'prov_bench' as ProviderId, sealedCredential: 'sealed' },
)

/** The preparation of bodies of two sizes with 20 tools, by itself: what a request waits for when a feature needs it. */
export function measurePrepare(quick: boolean): PrepareResult[] {
  const times = quick ? 200 : 3_000
  return sizes.map(({ bytes, goalMs }) => {
    const took: number[] = []
    // The first ones make the code warm, as it is in a proxy.
    for (let at = -100; at < times; at += 1) {
      const chat = bodyOf(bytes, at)
      const before = performance.now()
      fullHash(tenant, chat)
      prefixHash(tenant, chat)
      if (at >= 0) took.push(performance.now() - before)
    }
    return { bytes, tools, p50Ms: percentile(took, 50), p99Ms: percentile(took, 99), times, goalMs }
  })
}

/** A conversation of turns of 2 kB as it is after parsing; no two are equal. */
function bodyOf(bytes: number, number: number): ChatRequest {
  const definitions = Array.from({ length: tools }, (_, at) => toolOf(at))
  const messages: { role: string; content: string }[] = [{ role: 'system', content: 'You are a careful engineer.' }]
  const turn = `${'The quick brown fox jumps over the lazy dog – "again". '.repeat(36)}\n`
  const around = JSON.stringify({ tools: definitions }).length
  for (let size = around; size < bytes; size += turn.length + 40)
    messages.push({ role: messages.length % 2 === 1 ? 'user' : 'assistant', content: `${number} ${turn}` })
  const text = JSON.stringify({ model: 'gpt-4o-mini', temperature: 0.2, messages, tools: definitions })
  const body = JSON.parse(text) as Record<string, unknown>
  return { dialect: 'openai-chat', model: 'gpt-4o-mini', body } as unknown as ChatRequest
}

const toolOf = (at: number) => ({
  type: 'function',
  function: {
    name: `tool_${(at * 7) % tools}`,
    description: 'Looks up one thing among many and tells what it found, with the place where it was found.',
    parameters: {
      type: 'object',
      properties: {
        query: { type: 'string', description: 'What to look for' },
        limit: { type: 'integer', minimum: 1 },
      },
      required: ['query'],
      additionalProperties: false,
    },
  },
})
