import type { OrgId } from '@tollkeeper/domain/id'
import type { Scope } from '@tollkeeper/domain/scope'
import type { Db } from '../client.ts'
import type { Prisma } from '../generated/client.ts'

/** How many keys work below a scope, and how many people they belong to: whom its limits are about. */
export async function countBelow(
  db: Db,
  orgId: OrgId,
  scope: Scope,
  at = new Date(),
): Promise<{ keys: number; people: number }> {
  const where: Prisma.ApiKeyWhereInput = {
    orgId,
    purpose: 'standard',
    status: 'active',
    AND: [{ OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] }, below(scope)],
  }
  const keys = await db.apiKey.count({ where })
  const people = await db.apiKey.findMany({
    where: { ...where, memberId: { not: null } },
    distinct: ['memberId'],
    select: { memberId: true },
  })
  return { keys, people: people.length }
}

function below(scope: Scope): Prisma.ApiKeyWhereInput {
  switch (scope.kind) {
    case 'organisation':
      return {}
    case 'team':
      return { teamId: scope.id }
    case 'role-group':
      return { member: { role: { roleGroupId: scope.id } } }
    case 'role':
      return { member: { roleId: scope.id } }
    case 'user':
      return { memberId: scope.id }
    case 'key':
      return { id: scope.id }
  }
}
