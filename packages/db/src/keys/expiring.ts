import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'
import type { Sight } from '../sight.ts'

/** A key that works now and soon will not. */
export type ExpiringKey = { id: KeyId; name: string; team: string; expiresAt: Date }

/** Active keys that expire between two moments, soonest first; `sight` narrows to what a lead or a member may see. */
export async function expiring(
  db: Db,
  orgId: OrgId,
  of: { from: Date; to: Date; limit: number; sight?: Sight },
): Promise<ExpiringKey[]> {
  const { sight } = of
  const rows = await db.apiKey.findMany({
    where: {
      orgId,
      purpose: 'standard',
      status: 'active',
      expiresAt: { gte: of.from, lt: of.to },
      ...(sight ? { OR: [{ teamId: { in: [...sight.teamIds] } }, { memberId: sight.memberId }] } : {}),
    },
    orderBy: [{ expiresAt: 'asc' }, { id: 'asc' }],
    take: of.limit,
    select: { id: true, name: true, expiresAt: true, team: { select: { name: true } } },
  })
  return rows.flatMap(({ id, name, expiresAt, team }) =>
    expiresAt === null ? [] : [{ id: id as KeyId, name, team: team.name, expiresAt }],
  )
}
