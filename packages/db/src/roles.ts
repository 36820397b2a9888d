import type { OrgId, RoleGroupId, RoleId } from '@tollkeeper/domain/id'
import { atomic } from './atomic.ts'
import { endOfScopes } from './budgets/set.ts'
import type { Db } from './client.ts'
import { makeId } from './ids.ts'
import { keysOfRoles } from './keys/of-scope.ts'
import { done, isTaken, no, type Outcome } from './outcome.ts'
import { noteKeyChanges, noteOrgChange } from './policies/outbox.ts'

/** A job, e.g. Backend engineer, perhaps within a group, e.g. Engineering. Not what someone may do in the console. */
export type Role = { id: RoleId; name: string; roleGroupId: RoleGroupId | null; members: number }
export type RoleGroup = { id: RoleGroupId; name: string; roles: Role[] }

/** Groups with their roles, and the roles without a group, all by name. */
export async function list(db: Db, orgId: OrgId): Promise<{ groups: RoleGroup[]; ungrouped: Role[] }> {
  const groups = await db.roleGroup.findMany({ where: { orgId }, orderBy: { name: 'asc' } })
  const rows = await db.role.findMany({
    where: { orgId },
    orderBy: { name: 'asc' },
    include: { _count: { select: { members: { where: { removedAt: null } } } } },
  })
  const roles = rows.map(({ id, name, roleGroupId, _count: { members } }): Role => ({
    id: id as RoleId,
    name,
    roleGroupId: roleGroupId as RoleGroupId | null,
    members,
  }))
  return {
    groups: groups.map(({ id, name }) => ({
      id: id as RoleGroupId,
      name,
      roles: roles.filter((role) => role.roleGroupId === id),
    })),
    ungrouped: roles.filter((role) => role.roleGroupId === null),
  }
}

export async function createGroup(db: Db, orgId: OrgId, name: string): Promise<Outcome<RoleGroupId, 'taken'>> {
  const id = makeId('roleGroup')
  const { count } = await db.roleGroup.createMany({ data: [{ orgId, id, name }], skipDuplicates: true })
  return count === 1 ? done(id) : no('taken')
}

export type RoleInput = { name: string; roleGroupId: RoleGroupId | null }

export async function create(db: Db, orgId: OrgId, input: RoleInput): Promise<Outcome<RoleId, 'taken' | 'no-group'>> {
  if (!(await groupExists(db, orgId, input.roleGroupId))) return no('no-group')
  const id = makeId('role')
  const { count } = await db.role.createMany({ data: [{ orgId, id, ...input }], skipDuplicates: true })
  return count === 1 ? done(id) : no('taken')
}

type ChangeRefusal = 'not-found' | 'taken' | 'no-group'

export async function renameGroup(
  db: Db,
  orgId: OrgId,
  id: RoleGroupId,
  name: string,
): Promise<Outcome<true, ChangeRefusal>> {
  return unlessTaken(db, async (tx) => {
    const { count } = await tx.roleGroup.updateMany({ where: { orgId, id }, data: { name } })
    if (count === 0) return no('not-found')
    await noteOrgChange(tx, orgId)
    return done(true)
  })
}

/** Renames a role or moves it to another group; the keys of its people then pass through that group's limits. */
export async function change(
  db: Db,
  orgId: OrgId,
  id: RoleId,
  input: RoleInput,
): Promise<Outcome<true, ChangeRefusal>> {
  if (!(await groupExists(db, orgId, input.roleGroupId))) return no('no-group')
  return unlessTaken(db, async (tx) => {
    const { count } = await tx.role.updateMany({ where: { orgId, id }, data: input })
    if (count === 0) return no('not-found')
    await noteKeyChanges(tx, orgId, await keysOfRoles(tx, orgId, [id]))
    await noteOrgChange(tx, orgId)
    return done(true)
  })
}

/** Removes a role; its people have none then, and its limits end. */
export async function remove(db: Db, orgId: OrgId, id: RoleId, at = new Date()): Promise<boolean> {
  return atomic(db, async (tx) => {
    const keys = await keysOfRoles(tx, orgId, [id])
    await tx.member.updateMany({ where: { orgId, roleId: id }, data: { roleId: null } })
    const { count } = await tx.role.deleteMany({ where: { orgId, id } })
    if (count === 0) return false
    await tx.rateLimit.deleteMany({ where: { orgId, scopeKind: 'role', scopeId: id } })
    await endOfScopes(tx, orgId, [{ kind: 'role', id }], at)
    await noteKeyChanges(tx, orgId, keys)
    await noteOrgChange(tx, orgId)
    return true
  })
}

/** Removes a group; its roles stay without one, and its limits end. */
export async function removeGroup(db: Db, orgId: OrgId, id: RoleGroupId, at = new Date()): Promise<boolean> {
  return atomic(db, async (tx) => {
    const roles = await tx.role.findMany({ where: { orgId, roleGroupId: id }, select: { id: true } })
    const ids = roles.map((role) => role.id as RoleId)
    await tx.role.updateMany({ where: { orgId, roleGroupId: id }, data: { roleGroupId: null } })
    const { count } = await tx.roleGroup.deleteMany({ where: { orgId, id } })
    if (count === 0) return false
    await tx.rateLimit.deleteMany({ where: { orgId, scopeKind: 'role_group', scopeId: id } })
    await endOfScopes(tx, orgId, [{ kind: 'role-group', id }], at)
    await noteKeyChanges(tx, orgId, await keysOfRoles(tx, orgId, ids))
    await noteOrgChange(tx, orgId)
    return true
  })
}

const groupExists = async (db: Db, orgId: OrgId, id: RoleGroupId | null): Promise<boolean> =>
  id === null || (await db.roleGroup.findUnique({ where: { orgId_id: { orgId, id } } })) !== null

async function unlessTaken<T>(
  db: Db,
  work: (tx: Db) => Promise<Outcome<T, ChangeRefusal>>,
): Promise<Outcome<T, ChangeRefusal>> {
  try {
    return await atomic(db, work)
  } catch (error) {
    if (isTaken(error)) return no('taken')
    throw error
  }
}
