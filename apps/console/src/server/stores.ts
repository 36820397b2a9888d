import { connectDatabase, type Database } from '@tollkeeper/db/client'
import { connectRedis } from '@tollkeeper/redis/connection'
import { makePolicyPublisher } from '@tollkeeper/redis/policies'
import { consoleEnv } from '#env.ts'
import { log } from '#server/log.ts'

/** The stores of this process; tests pass their own to the caller. */
export type Stores = {
  database: Database
  redis: ReturnType<typeof connectRedis>
  publisher: ReturnType<typeof makePolicyPublisher>
  /** Address of this console inside policies, so that refusals can link to it. */
  consoleUrl: string
}

/** Connects both stores, lazily: nothing is reached before the first use. */
export function connectStores(urls: { databaseUrl: string; redisUrl: string; consoleUrl: string }): Stores {
  const onIdleError = (error: Error) => log().warn({ err: error }, 'idle database connection broke')
  const redis = connectRedis(urls.redisUrl, { name: 'console' })
  return {
    database: connectDatabase(urls.databaseUrl, { onIdleError }),
    redis,
    publisher: makePolicyPublisher(redis),
    consoleUrl: urls.consoleUrl,
  }
}

// Next evaluates modules once per bundle and again on every change while developing; the connections live beside them.
const place = globalThis as typeof globalThis & { tollkeeperStores?: Stores }

/** The stores named by the environment. */
export function stores(): Stores {
  const env = consoleEnv()
  place.tollkeeperStores ??= connectStores({
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    consoleUrl: env.CONSOLE_URL ?? env.NEXTAUTH_URL,
  })
  return place.tollkeeperStores
}
