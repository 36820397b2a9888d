import type { OrgId } from '@tollkeeper/domain/id'
import type { RateLimit } from '@tollkeeper/domain/rate'
import { scopeText, type Scope } from '@tollkeeper/domain/scope'
import { atomic } from './atomic.ts'
import { scopeColumns, scopeOf } from './budgets/rows.ts'
import type { Db } from './client.ts'
import type { RateLimit as Row } from './generated/client.ts'
import { done, no, type Outcome } from './outcome.ts'
import { noteOrgChange } from './policies/outbox.ts'
import { liveNameOf, namesOf } from './scope-names.ts'

export type RateLimits = Omit<RateLimit, 'scope'>

/** The rate limits of an organisation's scopes, without scopes that are gone. */
export async function list(db: Db, orgId: OrgId): Promise<RateLimit[]> {
  return withNames(
    db,
    orgId,
    await db.rateLimit.findMany({ where: { orgId }, orderBy: [{ scopeKind: 'asc' }, { scopeId: 'asc' }] }),
  )
}

/** The rate limits of one scope, if it has any. */
export async function byScope(db: Db, orgId: OrgId, scope: Scope): Promise<RateLimit | undefined> {
  return (await withNames(db, orgId, await db.rateLimit.findMany({ where: { orgId, ...scopeColumns(scope) } })))[0]
}

/** Replaces the rate limits of a scope; all null takes them away. */
export async function set(
  db: Db,
  orgId: OrgId,
  scope: Scope,
  limits: RateLimits,
): Promise<Outcome<RateLimits, 'no-scope'>> {
  return atomic(db, async (tx) => {
    if ((await liveNameOf(tx, orgId, scope)) === undefined) return no('no-scope')
    const { bucket, concurrency, ...windows } = limits
    const columns = {
      ...windows,
      bucketCapacity: bucket?.capacity ?? null,
      bucketRefillPerSecond: bucket ? bucket.refillPerSecond.toFixed(3) : null,
      concurrentStreams: concurrency?.streams ?? null,
      concurrentWhole: concurrency?.whole ?? null,
    }
    const key = { orgId, ...scopeColumns(scope) }
    if (Object.values(columns).every((value) => value === null)) await tx.rateLimit.deleteMany({ where: key })
    else {
      await tx.rateLimit.upsert({
        where: { orgId_scopeKind_scopeId: key },
        create: { ...key, ...columns },
        update: columns,
      })
    }
    await noteOrgChange(tx, orgId)
    return done(limits)
  })
}

async function withNames(db: Db, orgId: OrgId, rows: readonly Row[]): Promise<RateLimit[]> {
  const names = await namesOf(db, orgId, rows.map(scopeOf))
  return rows.flatMap((row) => {
    const scope = scopeOf(row)
    const name = names.get(scopeText(scope))
    if (name === undefined) return []
    const { requestsPerMinute, requestsPerHour, tokensPerMinute, tokensPerHour } = row
    const { bucketCapacity, bucketRefillPerSecond } = row
    const bucket =
      bucketCapacity === null || bucketRefillPerSecond === null
        ? null
        : { capacity: bucketCapacity, refillPerSecond: bucketRefillPerSecond.toNumber() }
    const { concurrentStreams: streams, concurrentWhole: whole } = row
    const concurrency = streams === null && whole === null ? null : { streams, whole }
    const windows = { requestsPerMinute, requestsPerHour, tokensPerMinute, tokensPerHour }
    return [{ scope: { ...scope, name }, ...windows, bucket, concurrency }]
  })
}
