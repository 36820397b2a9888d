import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'
import { Prisma } from '../generated/client.ts'
import { hoursFromRows, type Between } from '../rollups/from-rows.ts'
import { hourIn } from '../rollups/realign.ts'
import { keyColumns, sumColumns } from '../rollups/sums.ts'

const joined = Prisma.raw(keyColumns.join(', '))
const differ = Prisma.raw(
  sumColumns.map((name) => `coalesce(kept.${name}, 0) <> coalesce(made.${name}, 0)`).join(' OR '),
)

/**
 * How many hourly sums differ from what ledger and requests give; 0 is right. `between` narrows to whole hours of the
 * organisation's clock.
 */
export async function rollupDrift(db: Db, orgId: OrgId, between?: Between): Promise<number> {
  const org = await db.organisation.findUniqueOrThrow({ where: { id: orgId }, select: { timeZone: true } })
  const when = between ? Prisma.sql`AND hour >= ${between.from} AND hour < ${between.to}` : Prisma.empty
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count
    FROM (SELECT * FROM usage_hour WHERE org_id = ${orgId} ${when}) AS kept
    FULL JOIN (${hoursFromRows(orgId, hourIn(org.timeZone, Prisma.sql`at`), between)}) AS made USING (${joined})
    WHERE ${differ}`
  return Number(row?.count ?? 0n)
}
