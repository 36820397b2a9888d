import type { Db } from '@tollkeeper/db/client'
import { makeId } from '#server/ids.ts'
import type { OrgId } from '@tollkeeper/domain/id'

/** What a new organisation may use until somebody sets other limits (design.md 9). */
const newcomersLimits = { requestsPerMinute: 100, tokensPerMinute: 100_000 }

/** Makes an organisation with its owner, first limits and audit line. Gives what has to be published after the transaction. */
export async function createOrganisation(
  tx: Db,
  org: { id: OrgId; slug: string; name: string; timeZone: string },
  owner: { userId: string; email: string; name: string },
) {
  await tx.organisation.create({
    data: {
      ...org,
      members: { create: { ...owner, id: makeId('member'), access: 'owner' } },
      rateLimits: { create: { scopeKind: 'organisation', scopeId: org.id, ...newcomersLimits } },
    },
  })
  await tx.auditEntry.create({
    data: {
      orgId: org.id,
      id: makeId('audit'),
      actorName: owner.name,
      action: 'organisation.create',
      target: `organisation:${org.id}`,
      after: { name: org.name, slug: org.slug, timeZone: org.timeZone },
    },
  })
  return tx.policyOutbox.createManyAndReturn({ data: [{ orgId: org.id, keyId: null }] })
}
