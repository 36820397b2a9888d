import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { newCredentialKeys } from '@tollkeeper/domain/credential'
import { peppersText } from '@tollkeeper/domain/key'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { makePolicyPublisher } from '@tollkeeper/redis/policies'
import { makeShardKeeper } from '@tollkeeper/redis/shard-keeper'
import { allShards } from '@tollkeeper/redis/shards'
import { freePort, spawnProcess } from '@tollkeeper/testbed/processes'
import { sharedRedis } from '@tollkeeper/testbed/redis'
import { temporaryFolder } from '@tollkeeper/testbed/temporary-folder'
import type { Contender, Started } from './contender.ts'
import { newTenant, type Tenant } from './tenants.ts'

const organisations = 20
const keysEach = 5

/**
 * Starts the gateway of a checkout as it runs in production, in front of `upstream`, on a Redis of its own in which
 * all policies are published. Its log goes to a file.
 */
export async function startGateway(
  started: Started,
  name: string,
  checkout: string,
  upstream: string,
): Promise<Contender> {
  const main = join(checkout, 'apps/proxy/src/main.ts')
  if (!existsSync(main)) throw new Error(`There is no gateway in ${checkout}.`)
  const redis = await sharedRedis()
  started.push(redis)
  const peppers = `1:${randomBytes(32).toString('base64')}`
  const { publicKey, privateKey } = newCredentialKeys()
  const around = { upstream, peppers: peppersText.parse(peppers), sealingKey: publicKey }
  const tenants = Array.from({ length: organisations }, () => newTenant(keysEach, around))
  await publish(redis.url, tenants)

  const journals = temporaryFolder('journals')
  started.push({ stop: async () => journals.remove() })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const child = await spawnProcess({
    name,
    command: process.execPath,
    args: [main],
    cwd: join(checkout, 'apps/proxy'),
    env: {
      NODE_ENV: 'production',
      PROXY_HOST: '127.0.0.1',
      PROXY_PORT: String(port),
      REDIS_URL: redis.url,
      JOURNAL_DIR: journals.path,
      KEY_PEPPERS: peppers,
      CREDENTIAL_PRIVATE_KEY: privateKey,
      INTERNAL_TOKEN: randomBytes(32).toString('base64url'),
      ALLOW_PRIVATE_PROVIDERS: '1',
      LOG_LEVEL: 'info',
      SHUTDOWN_LISTEN_MS: '0',
    },
    ready: `${origin}/readyz`,
  })
  started.push(child)
  const keys = tenants.flatMap((tenant) => tenant.keys.map((key) => key.text))
  return { name, pid: child.pid, origin, keys: mixed(keys) }
}

/** What console and worker would have done: publish every policy, open every shard for spending. */
async function publish(redisUrl: string, tenants: readonly Tenant[]): Promise<void> {
  const redis = connectRedis(redisUrl)
  try {
    await redisReady(redis)
    // Rewriting the append-only file in the middle of a round would be charged to whoever's round it is.
    await redis.config('SET', 'auto-aof-rewrite-percentage', '0')
    const publisher = makePolicyPublisher(redis)
    for (const { policy, keys } of tenants) {
      await publisher.publishOrg(policy)
      for (const { record } of keys) await publisher.publishKey(record)
    }
    await publisher.markComplete()
    const shards = makeShardKeeper(redis)
    for (const shard of allShards()) await shards.open(shard, 1)
  } finally {
    redis.disconnect()
  }
}

/** Neighbours in the list belong to different organisations. */
function mixed(keys: readonly string[]): string[] {
  return Array.from({ length: keysEach }, (_, turn) => keys.filter((_key, at) => at % keysEach === turn)).flat()
}
