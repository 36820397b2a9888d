import * as budgets from '@tollkeeper/db/budgets'
import * as keys from '@tollkeeper/db/keys'
import * as members from '@tollkeeper/db/members'
import * as roles from '@tollkeeper/db/roles'
import * as teams from '@tollkeeper/db/teams'
import { latest } from '@tollkeeper/db/verification'
import type { Budget } from '@tollkeeper/domain/budget'
import type { TeamId } from '@tollkeeper/domain/id'
import { scopeText, type Scope } from '@tollkeeper/domain/scope'
import type { Instant } from '@tollkeeper/domain/time'
import { standingsOf } from '#server/balances.ts'
import { reachOf } from '#server/roles.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { countersOf, filled, type Bare, type Branch } from './branches.ts'
import { leadMayEdit } from './who-may.ts'

type Viewer = OrgContext & { sight: Sight }

const mostListed = 500

/**
 * The limits of an organisation as a tree: itself with its teams, then the roles that cut across teams. What is below a
 * team is asked for when it is opened. Those who see less get the teams they lead, and themselves with their keys.
 */
export async function treeOf(ctx: Viewer, now: Instant) {
  const { db, org, sight } = ctx
  const wide = await budgets.list(db, org.id, { kinds: ['organisation', 'team', 'role-group', 'role'] })
  const byScope = Map.groupBy(wide, (budget) => scopeText(budget.scope))
  const all = (await teams.list(db, org.id)).filter((team) => seesTeam(sight, team.id))
  const teamBranches = all.map((team): Bare =>
    bareOf(ctx, { kind: 'team', id: team.id, name: team.name }, byScope, 'lazy'),
  )
  const sections =
    sight.kind === 'all'
      ? {
          teams: [bareOf(ctx, { kind: 'organisation', id: org.id, name: org.name }, byScope, teamBranches)],
          roles: await roleBranches(ctx, byScope),
        }
      : { teams: [...teamBranches, ...(await ownBranch(ctx, wide))], roles: [] }
  const { live, branches } = await withNumbers(ctx, [...sections.teams, ...sections.roles], now)
  const verification = sight.kind === 'all' ? await latest(db, org.id) : undefined
  return {
    live,
    teams: branches.slice(0, sections.teams.length),
    roles: branches.slice(sections.teams.length),
    nothingLimited: !(await anyBudget(ctx, wide)),
    drift:
      verification && verification.drift.length > 0 ? { at: verification.at, count: verification.drift.length } : null,
  }
}

/** People and keys of a team; null where the viewer has no business. */
export async function belowTeam(ctx: Viewer, teamId: TeamId, now: Instant) {
  const { db, org, sight } = ctx
  if (!seesTeam(sight, teamId) || !(await teams.one(db, org.id, teamId))) return null
  const people = await members.list(db, org.id, { teamId })
  const { keys: found } = await keys.list(db, org.id, { filter: { teamIds: [teamId] }, limit: mostListed })
  const working = found.filter((key) => key.status === 'active' || key.status === 'disabled')
  const owners = await ownersBesides(ctx, people, working)
  const each = await eachBudgets(ctx)
  const listed = [...people, ...owners].slice(0, mostListed)
  const ownOf = Map.groupBy(
    await budgets.ofScopes(
      db,
      org.id,
      listed.map((person) => ({ kind: 'user', id: person.id })),
    ),
    (budget) => budget.scope.id,
  )
  const bare = [
    ...listed.map((person) =>
      personBranch(ctx, person, {
        own: ownOf.get(person.id) ?? [],
        inherited: each.filter((budget) => appliesTo(budget, person, teamId)),
        keys: working.filter((key) => key.member?.id === person.id),
      }),
    ),
    ...working
      .filter((key) => key.member === null)
      .map((key) =>
        serviceKeyBranch(
          ctx,
          key,
          each.filter((budget) => appliesTo(budget, null, teamId)),
        ),
      ),
  ]
  return { ...(await withNumbers(ctx, bare, now)), cut: people.length > mostListed || found.length === mostListed }
}

async function withNumbers(
  ctx: Viewer,
  bare: readonly Bare[],
  now: Instant,
): Promise<{ live: boolean; branches: Branch[] }> {
  const { live, standings } = await standingsOf(ctx, countersOf(bare), now)
  const drift = (await latest(ctx.db, ctx.org.id))?.drift ?? []
  return { live, branches: filled(bare, { standings, drift }) }
}

const seesTeam = (sight: Sight, id: TeamId): boolean =>
  sight.kind === 'all' || (sight.kind === 'team' && sight.teamIds.includes(id))

function mayEdit(ctx: Viewer, scope: Scope): boolean {
  const reach = reachOf(ctx.member.access, 'budget.write')
  return reach === 'all' || (reach === 'team' && ctx.sight.kind === 'team' && leadMayEdit(scope, ctx.sight))
}

const bareOf = (
  ctx: Viewer,
  scope: Bare['scope'],
  byScope: ReadonlyMap<string, readonly Budget[]>,
  children: Bare['children'],
): Bare => ({ scope, note: null, mayEdit: mayEdit(ctx, scope), own: byScope.get(scopeText(scope)) ?? [], children })

async function roleBranches(ctx: Viewer, byScope: ReadonlyMap<string, readonly Budget[]>): Promise<Bare[]> {
  const { groups, ungrouped } = await roles.list(ctx.db, ctx.org.id)
  const roleOf = (role: roles.Role) => bareOf(ctx, { kind: 'role', id: role.id, name: role.name }, byScope, [])
  return [
    ...groups.map((group) =>
      bareOf(ctx, { kind: 'role-group', id: group.id, name: group.name }, byScope, group.roles.map(roleOf)),
    ),
    ...ungrouped.map(roleOf),
  ]
}

type Person = Pick<members.Member, 'id' | 'name' | 'email' | 'role'>
type Found = { own: readonly Budget[]; inherited: readonly Budget[]; keys: readonly keys.ApiKey[] }

function personBranch(ctx: Viewer, person: Person, found: Found): Bare {
  const scope = { kind: 'user', id: person.id, name: person.name } as const
  return {
    scope,
    note: person.email,
    mayEdit: mayEdit(ctx, scope),
    own: found.own,
    inherited: { budgets: found.inherited, subject: person.id },
    children: found.keys.map((key) => keyBranch(ctx, key)),
  }
}

function keyBranch(ctx: Viewer, key: keys.ApiKey): Bare {
  const scope = { kind: 'key', id: key.id, name: key.name } as const
  return { scope, note: `…${key.last4}`, mayEdit: mayEdit(ctx, scope), own: key.quotas, children: [] }
}

const serviceKeyBranch = (ctx: Viewer, key: keys.ApiKey, inherited: readonly Budget[]): Bare => ({
  ...keyBranch(ctx, key),
  inherited: { budgets: inherited, subject: key.id },
})

/** Keys may belong to people who have left the team. */
async function ownersBesides(ctx: Viewer, people: readonly Person[], found: readonly keys.ApiKey[]): Promise<Person[]> {
  const here = new Set<string>(people.map((person) => person.id))
  const missing = new Map(found.flatMap(({ member }) => (member && !here.has(member.id) ? [[member.id, member]] : [])))
  const owners: Person[] = []
  for (const id of missing.keys()) {
    const member = await members.one(ctx.db, ctx.org.id, id)
    if (member) owners.push(member)
  }
  return owners
}

/** Budgets that each person has for themselves, of every scope that can have one. */
const eachBudgets = async ({ db, org }: Viewer): Promise<Budget[]> =>
  (await budgets.list(db, org.id, { kinds: ['organisation', 'team', 'role-group', 'role'] })).filter(
    (budget) => budget.sharing === 'each',
  )

function appliesTo({ scope }: Budget, person: Pick<Person, 'role'> | null, teamId: TeamId | null): boolean {
  switch (scope.kind) {
    case 'organisation':
      return true
    case 'team':
      return scope.id === teamId
    case 'role-group':
      return person?.role?.group?.id === scope.id
    case 'role':
      return person?.role?.id === scope.id
    case 'user':
    case 'key':
      return false
  }
}

/**
 * Somebody with their keys, for those who do not see everybody. A lead finds those of the teams they lead there; here are
 * the others.
 */
async function ownBranch(ctx: Viewer, wide: readonly Budget[]): Promise<Bare[]> {
  const { db, org, sight } = ctx
  const person = await members.one(db, org.id, ctx.member.id)
  if (!person) return []
  const { keys: found } = await keys.list(db, org.id, { filter: { memberId: person.id }, limit: mostListed })
  const working = found.filter((key) => key.status === 'active' || key.status === 'disabled')
  const rest = working.filter((key) => !seesTeam(sight, key.team.id))
  if (rest.length === 0 && person.teams.some((team) => seesTeam(sight, team.id))) return []
  const each = wide.filter((budget) => budget.sharing === 'each')
  const teamsOf = [null, ...person.teams.map((team) => team.id)]
  return [
    personBranch(ctx, person, {
      own: await budgets.byScope(db, org.id, { kind: 'user', id: person.id }),
      inherited: each.filter((budget) => teamsOf.some((team) => appliesTo(budget, person, team))),
      keys: rest,
    }),
  ]
}

/** Whether anything is limited at all, also below teams that nobody has opened. */
async function anyBudget({ db, org }: Viewer, wide: readonly Budget[]): Promise<boolean> {
  return wide.length > 0 || (await budgets.any(db, org.id))
}
