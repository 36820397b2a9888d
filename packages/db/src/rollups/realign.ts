import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'
import { Prisma } from '../generated/client.ts'
import { hourNames, hoursFromRows } from './from-rows.ts'

// Writers of roll-ups hold it shared while they write; whoever rebuilds them holds it alone.
export const rollupLock = 7_215_004

/**
 * Makes an organisation's roll-ups anew from its ledger and requests where they do not begin on full hours of `zone`.
 * Between zones whose hours agree, which are most, nothing is written.
 */
export async function realignRollups(tx: Db, orgId: OrgId, zone: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${rollupLock}::bigint)`
  const askew = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM usage_hour WHERE org_id = ${orgId} AND ${hourIn(zone, Prisma.sql`hour`)} <> hour LIMIT 1`
  if (askew.length > 0) await rebuildRollups(tx, orgId, zone)
}

/** Replaces every roll-up row of an organisation by what its ledger and requests say. */
async function rebuildRollups(tx: Db, orgId: OrgId, zone: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM usage_hour WHERE org_id = ${orgId}`
  await tx.$executeRaw`INSERT INTO usage_hour (${hourNames}) ${hoursFromRows(orgId, hourIn(zone, Prisma.sql`at`))}`
}

/**
 * The hour of a timestamp by the clock of a zone: the rule of `hourOf`, in SQL. Where a clock changes by half an hour the
 * hour that it interrupts ends there, and the next begins; clocks change on quarter hours.
 */
export function hourIn(zone: string, at: Prisma.Sql): Prisma.Sql {
  const shift = (of: Prisma.Sql) =>
    Prisma.sql`mod(extract(epoch FROM (${of} AT TIME ZONE ${zone}) - (${of} AT TIME ZONE 'UTC')), 3600)`
  return Prisma.sql`(
    SELECT CASE WHEN ${shift(Prisma.sql`aligned`)} = ${shift(at)} THEN aligned ELSE (
      SELECT min(quarter) FROM generate_series(aligned, ${at}, interval '15 minutes') AS quarter
      WHERE ${shift(Prisma.sql`quarter`)} = ${shift(at)}
    ) END
    FROM (
      SELECT ${at} - make_interval(secs => mod(extract(epoch FROM ${at}) + ${shift(at)}, 3600)::float8) AS aligned
    ) AS by_clock
  )`
}
