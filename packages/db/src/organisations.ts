import type { OrgId } from '@tollkeeper/domain/id'
import type { StoreOutage } from '@tollkeeper/domain/policy'
import type { ProvisionalRule } from '@tollkeeper/domain/usage'
import { atomic } from './atomic.ts'
import type { Db } from './client.ts'
import type { Organisation as Row } from './generated/client.ts'
import { makeId } from './ids.ts'
import { isTaken } from './outcome.ts'
import { noteOrgChange } from './policies/outbox.ts'
import { realignRollups } from './rollups/realign.ts'
import { reopenBudgets } from './budgets/set.ts'
import { slugOf } from './slug.ts'

export type Organisation = {
  id: OrgId
  slug: string
  name: string
  /** IANA zone of its days, budgets and reports. */
  timeZone: string
  suspended: boolean
  moneyRefusalStatus: 402 | 429
  showAmounts: boolean
  defaultMaxOutputTokens: number
  /** Whether requests are answered out of slices while budgets cannot be checked. */
  storeOutage: StoreOutage
  provisionalRule: ProvisionalRule
  /** Whether equal requests that run at the same time share one call. */
  joinInFlight: boolean
  policyVersion: number
  demo: boolean
  createdAt: Date
}

/** Plan of a new organisation (design.md 9). */
export const defaultPlan = { requestsPerMinute: 100, tokensPerMinute: 100_000 }

export type NewOrganisation = { name: string; timeZone: string; demo?: boolean }

/** Makes an organisation with a free slug made from its name, and the default plan. */
export async function create(db: Db, input: NewOrganisation): Promise<Organisation> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await atomic(db, (tx) => insert(tx, input, slugOf(input.name, attempt)))
    } catch (error) {
      if (!isTaken(error) || attempt >= 50) throw error
    }
  }
}

async function insert(tx: Db, input: NewOrganisation, slug: string): Promise<Organisation> {
  const row = await tx.organisation.create({
    data: { id: makeId('org'), slug, name: input.name, timeZone: input.timeZone, demo: input.demo ?? false },
  })
  await tx.rateLimit.create({
    data: { orgId: row.id, scopeKind: 'organisation', scopeId: row.id, ...defaultPlan },
  })
  await noteOrgChange(tx, row.id as OrgId)
  return fromRow(row)
}

export async function one(db: Db, orgId: OrgId): Promise<Organisation | undefined> {
  const row = await db.organisation.findUnique({ where: { id: orgId } })
  return row ? fromRow(row) : undefined
}

/** Every organisation, for the work that crosses tenants: publishing, verifying. */
export async function all(db: Db): Promise<Organisation[]> {
  return (await db.organisation.findMany({ orderBy: { createdAt: 'asc' } })).map(fromRow)
}

export type OrganisationSettings = Partial<
  Pick<
    Organisation,
    | 'name'
    | 'timeZone'
    | 'moneyRefusalStatus'
    | 'showAmounts'
    | 'defaultMaxOutputTokens'
    | 'storeOutage'
    | 'provisionalRule'
    | 'joinInFlight'
  >
>

/**
 * Changes name or settings; undefined when there is no such organisation. Another time zone moves the bounds of hours,
 * days and months: the roll-ups are made anew, and budgets begin their new windows with what the ledger says.
 */
export async function update(
  db: Db,
  orgId: OrgId,
  settings: OrganisationSettings,
  at = new Date(),
): Promise<Organisation | undefined> {
  return atomic(db, async (tx) => {
    const before = await one(tx, orgId)
    if (!before) return undefined
    const row = await tx.organisation.update({ where: { id: orgId }, data: settings })
    if (settings.timeZone !== undefined && settings.timeZone !== before.timeZone) {
      await realignRollups(tx, orgId, settings.timeZone)
      await reopenBudgets(tx, orgId, { from: before.timeZone, to: settings.timeZone, at: at.getTime() })
    }
    await noteOrgChange(tx, orgId)
    return { ...fromRow(row), policyVersion: row.policyVersion + 1 }
  })
}

/** Suspends all its keys at once, or lifts that. */
export async function setSuspended(db: Db, orgId: OrgId, suspended: boolean): Promise<void> {
  await atomic(db, async (tx) => {
    await tx.organisation.updateMany({ where: { id: orgId }, data: { suspended } })
    await noteOrgChange(tx, orgId)
  })
}

export const fromRow = (row: Row): Organisation => ({
  ...row,
  id: row.id as OrgId,
  moneyRefusalStatus: row.moneyRefusalStatus === 429 ? 429 : 402,
})
