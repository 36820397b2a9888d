import type { OrgId } from '@tollkeeper/domain/id'
import type { MoneyEvent } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { reachable } from '../connection.ts'
import { usageStreamKey } from '../keys.ts'
import { shardOf } from '../shards.ts'
import { parseUsageFields } from './entry.ts'

const page = 1_000

/** Charges of an organisation that are on its stream, read or not. Takes nothing off it. */
export async function readWaiting(redis: Redis, orgId: OrgId): Promise<MoneyEvent[]> {
  const stream = usageStreamKey(shardOf(orgId))
  const events: MoneyEvent[] = []
  let from = '-'
  for (;;) {
    const entries = await reachable(redis.xrange(stream, from, '+', 'COUNT', page))
    for (const [, fields] of entries) {
      const payload = parseUsageFields(fields)
      if (payload.kind === 'attempt' && payload.event.meta.scopes.orgId === orgId) events.push(payload.event)
    }
    const last = entries.at(-1)
    if (!last || entries.length < page) return events
    from = `(${last[0]}`
  }
}
