import * as budgets from '@tollkeeper/db/budgets'
import * as invites from '@tollkeeper/db/invites'
import * as keys from '@tollkeeper/db/keys'
import * as members from '@tollkeeper/db/members'
import * as providers from '@tollkeeper/db/providers'
import { lastTraffic } from '@tollkeeper/db/rollups'
import type { OrgContext } from '#server/trpc.ts'

/** What a new organisation has done of what it needs to be of use. */
export async function checklistOf({ db, org }: OrgContext) {
  const connected = await providers.list(db, org.id)
  const people = await members.list(db, org.id)
  const open = await invites.list(db, org.id)
  const ownBudgets = await budgets.byScope(db, org.id, { kind: 'organisation', id: org.id })
  return {
    provider: connected.length > 0,
    key: (await keys.count(db, org.id)) > 0,
    firstRequest: (await lastTraffic(db, org.id, Date.now() + 3_600_000)) !== undefined,
    budget: ownBudgets.length > 0,
    teammate: people.length > 1 || open.length > 0,
  }
}
