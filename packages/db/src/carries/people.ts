import type { OrgId } from '@tollkeeper/domain/id'
import type { Scope } from '@tollkeeper/domain/scope'
import type { Db } from '../client.ts'

/** Each of them is in the policy that every proxy reads. */
const most = 500

/** The people to whom a budget for each person applied before `since`, in the order they came. */
export async function peopleOf(db: Db, orgId: OrgId, scope: Scope, since: Date): Promise<string[]> {
  const rows = await db.member.findMany({
    where: { orgId, removedAt: null, createdAt: { lt: since }, ...whereIn(scope) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: most,
    select: { id: true },
  })
  return rows.map((row) => row.id)
}

function whereIn({ kind, id }: Scope) {
  switch (kind) {
    case 'organisation':
      return {}
    case 'team':
      return { teams: { some: { teamId: id } } }
    case 'role':
      return { roleId: id }
    case 'role-group':
      return { role: { roleGroupId: id } }
    case 'user':
    case 'key':
      return { id }
  }
}
