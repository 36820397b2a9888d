import * as budgets from '@tollkeeper/db/budgets'
import { one as oneKey } from '@tollkeeper/db/keys'
import { one as oneMember } from '@tollkeeper/db/members'
import type { Db } from '@tollkeeper/db/client'
import type { Budget } from '@tollkeeper/domain/budget'
import type { KeyId, MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'
import type { BudgetPeriod } from '@tollkeeper/domain/time'
import { refuse } from '#server/refusal.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { moneyText } from '#ui/money-text.ts'
import { periodWords } from './words.ts'

type Editor = OrgContext & { sight: Sight }

/**
 * Whether a lead may set limits of a scope of theirs: of the people and keys of the teams they lead, not of the teams
 * themselves and not their own as a person.
 */
export function leadMayEdit(scope: Scope, lead: { memberId: MemberId }): boolean {
  return scope.kind === 'key' || (scope.kind === 'user' && scope.id !== lead.memberId)
}

/** Throws unless the editor may set limits of this scope. What is out of sight is not there. */
export async function checkMayEdit(ctx: Editor, tx: Db, scope: Scope): Promise<void> {
  if (ctx.sight.kind === 'all') return
  const teams = await teamsAbove(tx, ctx.org.id, scope)
  const led = ctx.sight.kind === 'team' ? ctx.sight.teamIds : []
  if (!teams.some((team) => led.includes(team))) throw refuse('not-found', 'There is no such limit.')
  if (leadMayEdit(scope, ctx.sight)) return
  throw refuse(
    'forbidden',
    scope.kind === 'team'
      ? 'Leads set limits below their team. The limit of the team itself is set by an administrator.'
      : 'Your own limit is set by an administrator.',
  )
}

/** Throws when a lead gives more than the team has itself for the same period. */
export async function checkBelowTeam(
  ctx: Editor,
  tx: Db,
  wanted: { scope: Scope; period: BudgetPeriod; limit: NanoUsd },
): Promise<void> {
  if (ctx.sight.kind !== 'team') return
  const { teamIds } = ctx.sight
  const above = (await teamsAbove(tx, ctx.org.id, wanted.scope)).filter((team) => teamIds.includes(team))
  const scopes = above.map((id) => ({ kind: 'team', id }) as const)
  const cap = (await budgets.ofScopes(tx, ctx.org.id, scopes)).find((budget) => isTooSmall(budget, wanted))
  if (!cap) return
  const has = `${moneyText(cap.limit)} ${periodWords[cap.period]}`
  throw refuse('invalid', `${cap.scope.name} itself has ${has}: enter at most that`, 'limit')
}

const isTooSmall = (budget: Budget, wanted: { period: BudgetPeriod; limit: NanoUsd }): boolean =>
  budget.sharing === 'pool' && budget.period === wanted.period && budget.limit < wanted.limit

/** The teams a scope belongs to: of a key its team, of a person every team they are in. */
async function teamsAbove(tx: Db, orgId: OrgId, scope: Scope): Promise<readonly TeamId[]> {
  switch (scope.kind) {
    case 'team':
      return [scope.id as TeamId]
    case 'user': {
      const member = await oneMember(tx, orgId, scope.id as MemberId)
      return member?.teams.map((team) => team.id) ?? []
    }
    case 'key': {
      const key = await oneKey(tx, orgId, scope.id as KeyId)
      return key ? [key.team.id] : []
    }
    case 'organisation':
    case 'role-group':
    case 'role':
      return []
  }
}
