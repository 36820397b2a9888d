import type { OrgId } from '@tollkeeper/domain/id'
import type { Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'
import { usageWhere, type UsageFilter } from './groups.ts'

const endOfTime = 8_640_000_000_000_000

/** Beginning of the last hour with traffic before `before`; undefined when there never was any. */
export async function lastTraffic(
  db: Db,
  orgId: OrgId,
  before: Instant,
  filter: UsageFilter = {},
): Promise<Instant | undefined> {
  const [row] = await db.$queryRaw<{ hour: Date | null }[]>`
    SELECT max(hour) AS hour FROM usage_hour WHERE ${usageWhere(orgId, { from: 0, to: before }, filter)}`
  return row?.hour?.getTime()
}

/** Beginning of the first hour with traffic; undefined when there never was any. */
export async function firstTraffic(db: Db, orgId: OrgId, filter: UsageFilter = {}): Promise<Instant | undefined> {
  const ever = { from: 0, to: endOfTime }
  const [row] = await db.$queryRaw<{ hour: Date | null }[]>`
    SELECT min(hour) AS hour FROM usage_hour WHERE ${usageWhere(orgId, ever, filter)}`
  return row?.hour?.getTime()
}
