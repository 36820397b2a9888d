import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { list } from '@tollkeeper/db/provider-limits'
import { buildOrgPolicy } from '@tollkeeper/db/policies'
import { create, recordVerification } from '@tollkeeper/db/providers'
import { credentialMark } from '@tollkeeper/domain/credential'
import { makePolicyReader } from '@tollkeeper/redis/policies'
import { connectRedisPatiently } from '@tollkeeper/redis/connection'
import { makeProviderLimitStore } from '@tollkeeper/redis/provider-limits'
import { testCredentialKeys, testPeppersText } from '@tollkeeper/testbed/builders'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { spawnProcess, until, type SpawnedProcess } from '@tollkeeper/testbed/processes'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { spendingOrganisation, type Spending } from './spending-organisation.ts'
import { startWorker } from './worker-process.ts'

const internalToken = 'internal-token-of-the-tests-0123456789'
let postgres: DisposablePostgres
let redis: DisposableRedis
let acme: Spending
let provider: Server
let providerUrl: string
let asked: string[]
const processes: SpawnedProcess[] = []

beforeEach(async () => {
  postgres = await disposablePostgres()
  redis = await disposableRedis()
  acme = await spendingOrganisation({ postgres: postgres.url, redis: redis.url }, { limit: 1_000_000_000n })
  asked = []
  provider = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.setHeader('x-ratelimit-limit-requests', '700')
    response.setHeader('content-type', 'application/json').end('{"object":"list","data":[]}')
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  providerUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`
})
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()))
  await acme.stop()
  provider.closeAllConnections()
  provider.close()
  await redis.stop()
  await postgres.stop()
})

const worker = async (env: Record<string, string> = {}) => {
  const stores = { postgres: postgres.url, redis: redis.url }
  processes.push(await startWorker(stores, { SYNC_LIMITS_EVERY_MS: '200', ...env }))
}

async function connected() {
  const { prisma } = acme.db
  const input = { name: 'Other', kind: 'simulator', baseUrl: providerUrl, credential: null } as const
  const { id } = await create(prisma, acme.orgId, input)
  const models = [{ id: 'gpt-4o', ownedBy: 'openai' }]
  await recordVerification(prisma, acme.orgId, id, { ok: true, status: 200, models, limits: null, latencyMs: 1 })
  return id
}

it('publishes what proxies learned as the ceiling of the model', async () => {
  const providerId = await connected()
  await worker()
  const subscriber = connectRedisPatiently(redis.url)
  const policies = makePolicyReader(acme.redis, subscriber)
  const ceiling = async () => (await policies.org(acme.orgId))?.models[0]?.ceiling
  await until(async () => (await ceiling()) === null, { within: 20_000, what: 'a policy without a ceiling' })

  const requests = { limit: 500, remaining: 499, resetsAtMs: null, per: 'minute' } as const
  const limits = { requests, tokens: null, inputTokens: null, outputTokens: null, seenAtMs: Date.now() }
  const credential = credentialMark(null)
  await makeProviderLimitStore(acme.redis).write(acme.orgId, [{ providerId, model: 'gpt-4o', credential, limits }])
  await until(async () => (await ceiling())?.requestsPerMinute === 500, { within: 20_000, what: 'the ceiling' })
  expect(asked).toEqual([])
  subscriber.disconnect()
})

it('has a proxy ask a provider without traffic, which is shown and limits nothing', async () => {
  const providerId = await connected()
  const proxy = await spawnProcess({
    name: 'proxy',
    command: process.execPath,
    args: [fileURLToPath(new URL('../../proxy/src/main.ts', import.meta.url))],
    env: {
      REDIS_URL: redis.url,
      PROXY_PORT: '0',
      KEY_PEPPERS: testPeppersText,
      CREDENTIAL_PRIVATE_KEY: testCredentialKeys.privateKey,
      INTERNAL_TOKEN: internalToken,
      ALLOW_PRIVATE_PROVIDERS: '1',
    },
    ready: /"listening":"([^"]+)"/,
  })
  processes.push(proxy)
  const url = /"listening":"([^"]+)"/.exec(proxy.output())?.[1] ?? ''
  await worker({ PROXY_URL: url, INTERNAL_TOKEN: internalToken })
  const known = await until(
    async () => {
      const found = await list(acme.db.prisma, acme.orgId)
      return found.length > 0 ? found : undefined
    },
    { within: 20_000, what: 'limits of the provider' },
  )
  expect(known).toMatchObject([{ providerId, model: null, limits: { requests: { limit: 700 } } }])
  expect(new Set(asked)).toEqual(new Set(['GET /v1/models']))
  const policy = await buildOrgPolicy(acme.db.prisma, acme.orgId, { consoleUrl: null })
  expect(policy?.models[0]?.ceiling).toBeNull()
})
