import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { ProviderKind } from '@tollkeeper/domain/policy'
import { aBudget, aKey, aModel, aPolicy, aProvider } from '@tollkeeper/testbed/builders'
import type { World } from '../world/world.ts'

/** A model whose input is bounded by its bytes at a provider of a kind: the simulator, under that kind's dialect. */
export function policyOf(world: World, kind: ProviderKind, limit = '10') {
  const provider = aProvider(world.simulator.url, { kind })
  const model = aModel(provider, 'claude-haiku-4-5', {
    contextWindow: 200_000,
    maxOutputTokens: 64_000,
    encoding: 'bytes',
  })
  const policy = aPolicy(world.simulator.url, { providers: [provider], models: [model] })
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, limit))
  return policy
}

/** The official clients as applications have them, with only address and key changed. */
export async function clientsOf(world: World, kind: ProviderKind, limit?: string) {
  const policy = policyOf(world, kind, limit)
  const key = aKey(policy)
  await world.publish(policy, key)
  return {
    policy,
    key,
    anthropic: new Anthropic({ apiKey: key.secret, baseURL: world.url }),
    openai: new OpenAI({ apiKey: key.secret, baseURL: `${world.url}/v1` }),
  }
}

export const model = 'claude-haiku-4-5'

/** A picture of one pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const weather = {
  name: 'weather',
  description: 'Weather of a city',
  input_schema: {
    type: 'object' as const,
    properties: { city: { type: 'string' } },
    required: ['city'],
  },
}
