import * as keys from '@tollkeeper/db/keys'
import type { Db } from '@tollkeeper/db/client'
import * as members from '@tollkeeper/db/members'
import type { Budget } from '@tollkeeper/domain/budget'
import type { KeyId, MemberId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'
import { TRPCError } from '@trpc/server'
import { refuse } from '#server/refusal.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { checkBelowTeam, checkMayEdit } from '../who-may.ts'

type Asker = OrgContext & { sight: Sight }

/** Whether a budget can stop somebody's own requests, or those of what they look after. */
export async function mayAskFor(ctx: Asker, tx: Db, scope: Scope): Promise<boolean> {
  if (ctx.sight.kind === 'all' || scope.kind === 'organisation') return true
  const led = ctx.sight.kind === 'team' ? ctx.sight.teamIds : []
  const self = await members.one(tx, ctx.org.id, ctx.member.id)
  switch (scope.kind) {
    case 'team':
      return self?.teams.some((team) => team.id === scope.id) ?? false
    case 'role':
      return self?.role?.id === scope.id
    case 'role-group':
      return self?.role?.group?.id === scope.id
    case 'user': {
      if (scope.id === ctx.member.id) return true
      const person = await members.one(tx, ctx.org.id, scope.id as MemberId)
      return person?.teams.some((team) => led.includes(team.id)) ?? false
    }
    case 'key': {
      const key = await keys.one(tx, ctx.org.id, scope.id as KeyId)
      return key?.member?.id === ctx.member.id || (key !== undefined && led.includes(key.team.id))
    }
  }
}

/**
 * Throws unless somebody may give this budget so much more: administrators any, leads those of the people and keys of
 * their teams, up to what the team itself has. Whose request it is, is checked where it is decided.
 */
export async function checkMayGive(ctx: Asker, tx: Db, budget: Budget, amount: NanoUsd): Promise<void> {
  await checkMayEdit(ctx, tx, budget.scope)
  const running = budget.raises?.reduce((sum, raise) => sum + raise.amount, 0n) ?? 0n
  try {
    await checkBelowTeam(ctx, tx, { ...budget, limit: budget.limit + running + amount })
  } catch (problem) {
    if (!(problem instanceof TRPCError) || problem.code !== 'BAD_REQUEST') throw problem
    throw refuse('invalid', `That would be above its team. ${problem.message} together with what it has`, 'amount')
  }
}

/** The same as an answer, for lists. */
export async function mayGive(ctx: Asker, tx: Db, budget: Budget): Promise<boolean> {
  try {
    await checkMayEdit(ctx, tx, budget.scope)
    return true
  } catch (problem) {
    if (problem instanceof TRPCError) return false
    throw problem
  }
}
