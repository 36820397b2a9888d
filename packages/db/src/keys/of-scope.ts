import type { KeyId, MemberId, OrgId, RoleId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'
import type { Prisma } from '../generated/client.ts'

/** Keys of people with one of these roles: their chains pass through it. */
export const keysOfRoles = (db: Db, orgId: OrgId, roleIds: readonly RoleId[]): Promise<KeyId[]> =>
  idsOf(db, orgId, { member: { roleId: { in: [...roleIds] } } })

export const keysOfMember = (db: Db, orgId: OrgId, memberId: MemberId): Promise<KeyId[]> =>
  idsOf(db, orgId, { memberId })

/** A revoked key never works again, so nobody needs to hear of it. */
async function idsOf(db: Db, orgId: OrgId, where: Prisma.ApiKeyWhereInput): Promise<KeyId[]> {
  const rows = await db.apiKey.findMany({
    where: { orgId, status: { not: 'revoked' }, ...where },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  return rows.map((row) => row.id as KeyId)
}
