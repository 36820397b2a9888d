import type { KeyId, MemberId, OrgId, ProviderId, RoleGroupId, RoleId, TeamId } from '@tollkeeper/domain/id'
import { scopeText, type Scope } from '@tollkeeper/domain/scope'
import type { Db } from '../client.ts'
import { Prisma } from '../generated/client.ts'
import { namesOf } from '../scope-names.ts'
import type { Sight } from '../sight.ts'
import type { Range } from './days.ts'

/** What usage can be grouped by. */
export const groupings = ['team', 'role-group', 'role', 'member', 'key', 'model', 'provider'] as const
export type Grouping = (typeof groupings)[number]

/** Narrows usage. An id that is '' means traffic of nobody in particular. */
export type UsageFilter = {
  teamIds?: readonly (TeamId | '')[]
  roleGroupId?: RoleGroupId | ''
  roleId?: RoleId | ''
  memberId?: MemberId | ''
  keyId?: KeyId
  providerId?: ProviderId | ''
  model?: string
  /** What a lead or a member may see. */
  sight?: Sight
}

const columns: Record<Grouping, Prisma.Sql> = {
  team: Prisma.sql`team_id`,
  'role-group': Prisma.sql`role_group_id`,
  role: Prisma.sql`role_id`,
  member: Prisma.sql`member_id`,
  key: Prisma.sql`key_id`,
  model: Prisma.sql`model`,
  provider: Prisma.sql`provider_id`,
}

export const columnOf = (grouping: Grouping): Prisma.Sql => columns[grouping]

/** Condition on usage_hour for an organisation, a range and a filter. */
export function usageWhere(orgId: OrgId, range: Range, filter: UsageFilter): Prisma.Sql {
  const { teamIds, roleGroupId, roleId, memberId, keyId, providerId, model, sight } = filter
  const parts = [
    Prisma.sql`org_id = ${orgId} AND hour >= ${new Date(range.from)} AND hour < ${new Date(range.to)}`,
    teamIds && Prisma.sql`team_id = ANY(${[...teamIds]})`,
    roleGroupId === undefined ? undefined : Prisma.sql`role_group_id = ${roleGroupId}`,
    roleId === undefined ? undefined : Prisma.sql`role_id = ${roleId}`,
    memberId === undefined ? undefined : Prisma.sql`member_id = ${memberId}`,
    keyId === undefined ? undefined : Prisma.sql`key_id = ${keyId}`,
    providerId === undefined ? undefined : Prisma.sql`provider_id = ${providerId}`,
    model === undefined ? undefined : Prisma.sql`model = ${model}`,
    sight && Prisma.sql`(team_id = ANY(${[...sight.teamIds]}) OR member_id = ${sight.memberId})`,
  ].filter((part) => part !== undefined)
  return Prisma.join(parts, ' AND ')
}

const scopeOf: Partial<Record<Grouping, Scope['kind']>> = {
  team: 'team',
  'role-group': 'role-group',
  role: 'role',
  member: 'user',
  key: 'key',
}

/** Names of groups by their ids. A model is its own name; an empty id (traffic of nobody in particular) has none. */
export async function groupNames(
  db: Db,
  orgId: OrgId,
  grouping: Grouping,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = ids.filter((id) => id !== '')
  if (grouping === 'model') return new Map(wanted.map((id) => [id, id]))
  if (grouping === 'provider') {
    const rows = await db.provider.findMany({ where: { orgId, id: { in: wanted } }, select: { id: true, name: true } })
    return new Map(rows.map((row) => [row.id, row.name]))
  }
  const kind = scopeOf[grouping] ?? 'key'
  const names = await namesOf(
    db,
    orgId,
    wanted.map((id) => ({ kind, id })),
  )
  return new Map(
    wanted.flatMap((id) => {
      const name = names.get(scopeText({ kind, id }))
      return name === undefined ? [] : [[id, name]]
    }),
  )
}
