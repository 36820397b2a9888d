import type { Database } from '@tollkeeper/db/client'
import { all as allOrganisations } from '@tollkeeper/db/organisations'
import { record } from '@tollkeeper/db/provider-limits'
import { callable } from '@tollkeeper/db/providers'
import type { OrgId } from '@tollkeeper/domain/id'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import { learnedLimits, type LearnedLimits } from '@tollkeeper/domain/provider-limit'
import { makeProviderLimitStore } from '@tollkeeper/redis/provider-limits'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { SyncLimitsPorts } from '../jobs/sync-provider-limits.ts'

/** Where a proxy answers our own processes. */
export type ProxyAddress = { url: string; token: string }

const answer = z.object({ learned: z.array(learnedLimits) })
const timeoutMs = 45_000

/** What `sync-provider-limits` needs, from Postgres, Redis and, where one is known, a proxy. */
export function limitPorts(
  { prisma }: Pick<Database, 'prisma'>,
  redis: Redis,
  proxy: ProxyAddress | null,
): SyncLimitsPorts {
  return {
    organisations: async () => (await allOrganisations(prisma)).map(({ id }) => id),
    providers: (orgId) => callable(prisma, orgId),
    learned: makeProviderLimitStore(redis).read,
    ask: proxy && ((orgId, providers) => askProxy(proxy, orgId, providers)),
    record: (orgId, learned) => record(prisma, orgId, learned),
    now: Date.now,
  }
}

async function askProxy(
  { url, token }: ProxyAddress,
  orgId: OrgId,
  providers: readonly PolicyProvider[],
): Promise<readonly LearnedLimits[]> {
  const response = await fetch(`${url}/internal/providers/sync-limits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ orgId, providers }),
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
  })
  return answer.parse(await response.json()).learned
}
