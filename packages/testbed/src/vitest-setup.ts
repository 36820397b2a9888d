import { shareStores, testbedEnv } from './env.ts'
import { startTestPostgres } from './postgres.ts'
import { disposableRedis } from './redis.ts'

/**
 * vitest `globalSetup`: one Postgres and one Redis for all workers, unless `npm test` already runs them.
 * Gives the clean-up.
 */
export async function setup(): Promise<() => Promise<void>> {
  const { postgresUrl, redisUrl } = testbedEnv()
  if (postgresUrl !== undefined && redisUrl !== undefined) return async () => {}
  const [postgres, redis] = await Promise.all([startTestPostgres(), disposableRedis()])
  shareStores({ postgresUrl: postgres.url, redisUrl: redis.url })
  return async () => {
    await Promise.all([postgres.stop(), redis.stop()])
  }
}
