import type { OrgId } from '@tollkeeper/domain/id'
import { scopeKinds, scopeText, type Scope, type ScopeKind } from '@tollkeeper/domain/scope'
import { scopeOf } from './budgets/rows.ts'
import type { Db } from './client.ts'
import { namesOf } from './scope-names.ts'

/** What targets of audit entries (`budget:bud_…`) are called now, by target. What is gone or was never named is absent. */
export async function targetNames(
  db: Db,
  orgId: OrgId,
  targets: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = Map.groupBy(targets.map(parsed), (target) => target.kind)
  const of = (kind: string) => ({ orgId, id: { in: (ids.get(kind) ?? []).map((target) => target.id) } })
  const budgets = ids.has('budget') ? await db.budget.findMany({ where: of('budget') }) : []
  const providers = ids.has('provider') ? await db.provider.findMany({ where: of('provider') }) : []
  const invites = ids.has('invite') ? await db.invite.findMany({ where: of('invite') }) : []
  const scopes = targets.map(parsed).flatMap((target) => scopeOfTarget(target) ?? [])
  const names = await namesOf(db, orgId, [...scopes, ...budgets.map(scopeOf)])
  const all = new Map<string, string>()
  const put = (target: string, name: string | undefined) => name !== undefined && all.set(target, name)
  for (const { kind, id } of targets.map(parsed)) {
    const scope = scopeOfTarget({ kind, id })
    if (scope) put(`${kind}:${id}`, names.get(scopeText(scope)))
  }
  for (const row of budgets) put(`budget:${row.id}`, names.get(scopeText(scopeOf(row))))
  for (const row of providers) put(`provider:${row.id}`, row.name)
  for (const row of invites) put(`invite:${row.id}`, row.email)
  return all
}

type Target = { kind: string; id: string }

function parsed(target: string): Target {
  const colon = target.indexOf(':')
  return { kind: target.slice(0, colon), id: target.slice(colon + 1) }
}

/** A person is a member to people and a user to the chain of scopes. */
function scopeOfTarget({ kind, id }: Target): Scope | undefined {
  const scopeKind = kind === 'member' ? 'user' : kind
  return scopeKinds.includes(scopeKind as ScopeKind) ? { kind: scopeKind as ScopeKind, id } : undefined
}
