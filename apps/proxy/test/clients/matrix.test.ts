import { randomBytes } from 'node:crypto'
import { newKeyText } from '@tollkeeper/domain/key'
import type { PolicyModel } from '@tollkeeper/domain/policy'
import { aBudget, aKey, aLimit, aModel, aPolicy, aProvider, perMillion } from '@tollkeeper/testbed/builders'
import OpenAI from 'openai'
import OpenAI6 from 'openai-6'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startWorld, untilAttempts, type World } from '../world/world.ts'
import type { Client } from './client.ts'
import { aiSdk } from './drivers/ai-sdk.ts'
import { anthropic } from './drivers/anthropic.ts'
import { curl } from './drivers/curl.ts'
import { langChain } from './drivers/langchain.ts'
import { openAiChat } from './drivers/openai-chat.ts'
import { openAiResponses } from './drivers/openai-responses.ts'
import { scenarios, type Behind, type Cell, type Scenario } from './scenarios.ts'
import { Table } from './table.ts'

const clients: readonly Client[] = [
  curl('curl'),
  openAiChat('openai 7, chat', OpenAI),
  openAiChat('openai 6, chat', OpenAI6 as unknown as typeof OpenAI),
  openAiResponses('openai 7, responses'),
  anthropic('@anthropic-ai/sdk'),
  aiSdk('ai, openai responses', 'openai responses'),
  aiSdk('ai, openai chat', 'openai chat'),
  aiSdk('ai, anthropic', 'anthropic'),
  langChain('@langchain/openai', 'openai'),
  langChain('@langchain/anthropic', 'anthropic'),
]

type Offer = Behind & {
  model: string
  change: Partial<PolicyModel>
  /** Whether the simulator bills by the same prices at every hour. */
  billed: boolean
}
const free = perMillion('0', '0')
const offers: readonly Offer[] = [
  { kind: 'openai', free: false, countable: true, embeds: true, model: 'gpt-4o-mini', change: {}, billed: true },
  {
    kind: 'anthropic',
    free: false,
    countable: false,
    embeds: false,
    model: 'claude-haiku-4-5',
    change: { price: perMillion('1', '5', '0.1'), encoding: 'bytes', imageTokens: { low: 1_600, most: 1_600 } },
    billed: true,
  },
  {
    kind: 'deepseek',
    free: false,
    countable: true,
    embeds: false,
    model: 'deepseek-chat',
    change: { price: perMillion('0.3', '1.2', '0.03'), imageTokens: { low: 85, most: 1_445 } },
    billed: false,
  },
  // The model that the installation has locally; the simulator knows it under its own name.
  {
    kind: 'ollama',
    free: true,
    countable: true,
    embeds: true,
    model: 'gpt-4o',
    change: { price: free },
    billed: false,
  },
]

let world: World
const table = new Table(scenarios.map(({ name }) => name))
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  process.stdout.write(`\n${table.text()}\n`)
  await world.stop()
})

describe.each(offers)('through the gateway to $kind', (offer) => {
  describe.each(clients)('$name', (client) => {
    it.each(scenarios)('$name', async (scenario) => {
      const row = `${client.name} → ${offer.kind}`
      const absent = scenario.absent?.(client, offer)
      if (absent !== undefined) return table.empty(row, scenario.name, absent)
      table.set(row, scenario.name, false)
      await scenario.run(await cellOf(client, offer, scenario.with ?? {}))
      table.set(row, scenario.name, true)
    })
  })
})

/** An organisation of its own for each cell, so that no cell feels another's limits or failures. */
async function cellOf(client: Client, offer: Offer, given: NonNullable<Scenario['with']>): Promise<Cell> {
  const provider = aProvider(world.simulator.url, { kind: offer.kind })
  const embedder = 'text-embedding-3-small'
  const policy = aPolicy(world.simulator.url, {
    providers: [provider],
    models: [
      aModel(provider, offer.model, offer.change),
      aModel(provider, embedder, { price: perMillion('0.02', '0') }),
    ],
  })
  const organisation = { kind: 'organisation' as const, id: policy.orgId, name: 'Acme' }
  policy.budgets.push(aBudget(organisation, given.budget ?? '10'))
  if (given.requestsPerMinute !== undefined)
    policy.rateLimits.push(aLimit(organisation, { requestsPerMinute: given.requestsPerMinute }))
  const key = aKey(policy)
  await world.publish(policy, key)
  const before = (await world.simulator.calls()).length
  const calls = async () => (await world.simulator.calls()).slice(before)
  return {
    client,
    behind: offer,
    to: { url: world.url, key: given.key === 'unknown' ? newKeyText(randomBytes).text : key.secret },
    model: offer.model,
    embedder,
    calls: async () => (await calls()).map(({ status, promptTokens }) => ({ status, inputTokens: promptTokens })),
    async attempts(count) {
      const { attempts } = await untilAttempts(world, policy, count)
      const records = await calls()
      return attempts.map(({ attemptId, amount, hold, result }) => {
        const record = records.find(({ receivedRequestId }) => receivedRequestId === attemptId)
        const { outputText = 0, ...input } = result.tokens
        return {
          input: Object.values(input).reduce((sum, tokens) => sum + tokens, 0),
          output: outputText,
          amount,
          hold,
          billed: offer.billed && record ? BigInt(record.billedNano) : null,
        }
      })
    },
  }
}
