import { carriesDue, carryingOrganisations, saveCarries } from '@tollkeeper/db/carries'
import type { Database } from '@tollkeeper/db/client'
import { readBalances } from '@tollkeeper/redis/balances'
import type { Redis } from 'ioredis'
import type { CarryPorts } from '../jobs/carry-over.ts'

/** What the job needs, from Postgres and Redis. */
export const carryPorts = ({ prisma }: Database, redis: Redis): CarryPorts => ({
  organisations: () => carryingOrganisations(prisma),
  storeNow: async () => Number((await redis.time())[0]) * 1_000,
  due: (orgId, at) => carriesDue(prisma, orgId, at),
  counters: (orgId, nodeIds) => readBalances(redis, orgId, nodeIds),
  save: (orgId, carries) => saveCarries(prisma, orgId, carries),
})
