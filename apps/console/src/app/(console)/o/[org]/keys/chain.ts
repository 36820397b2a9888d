import { list as listBudgets } from '@tollkeeper/db/budgets'
import { one as oneMember } from '@tollkeeper/db/members'
import type { KeyId, MemberId, TeamId } from '@tollkeeper/domain/id'
import type { Scope, ScopeKind } from '@tollkeeper/domain/scope'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { quotasOf, type Quota } from './quota.ts'

/** Kinds of scope above a key, widest first. */
const kindsAbove = ['organisation', 'team', 'role-group', 'role', 'user'] as const satisfies ScopeKind[]
type KindAbove = (typeof kindsAbove)[number]

/** A limit above a key. */
export type Level = Quota & { kind: KindAbove; name: string }

/** The limits a key passes through. `hidden`: how many more there are that the viewer may not see. */
export type Chain = { levels: Level[]; hidden: number }

export type Place = {
  /** Null: a team that is yet to be made. */
  teamId: TeamId | null
  ownerId: MemberId | null
  /** Null: a key that is yet to be made. */
  keyId: KeyId | null
}

/**
 * The limits above a key, widest first. `sight` is how far the viewer may read budgets: leads those of their teams and
 * their own, members their own.
 */
export async function chainAbove(ctx: OrgContext, place: Place, sight: Sight | null, at: Date): Promise<Chain> {
  const { db, org } = ctx
  const owner = place.ownerId === null ? undefined : await oneMember(db, org.id, place.ownerId)
  const ids: Record<KindAbove, string | null> = {
    organisation: org.id,
    team: place.teamId,
    'role-group': owner?.role?.group?.id ?? null,
    role: owner?.role?.id ?? null,
    user: place.ownerId,
  }
  const all = await listBudgets(db, org.id, { kinds: kindsAbove })
  const passed = kindsAbove.flatMap((kind) =>
    all
      .filter((budget) => budget.scope.kind === kind && budget.scope.id === ids[kind])
      .map((budget) => ({ kind, budget })),
  )
  const shown = passed.filter(({ budget }) => mayRead(sight, budget.scope))
  // A budget for each person counts a key that belongs to nobody by itself.
  const subject = place.ownerId ?? place.keyId
  const counters = shown.map(({ budget }) => ({ budget, subject: budget.sharing === 'each' ? subject : null }))
  const quotas = await quotasOf(ctx, counters, at.getTime())
  const levels = shown.flatMap(({ kind, budget }, index) => {
    const quota = quotas[index]
    return quota ? [{ ...quota, kind, name: budget.scope.name }] : []
  })
  return { levels, hidden: passed.length - shown.length }
}

function mayRead(sight: Sight | null, scope: Scope): boolean {
  if (sight === null) return false
  if (sight.kind === 'all') return true
  if (scope.kind === 'user') return scope.id === sight.memberId
  return sight.kind === 'team' && scope.kind === 'team' && sight.teamIds.some((id) => id === scope.id)
}
