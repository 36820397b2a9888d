import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import type { Database } from '@tollkeeper/db/client'
import { all as allOrganisations } from '@tollkeeper/db/organisations'
import { buildKeyRecord, buildOrgPolicy, changesPublished, keyRecords, pendingChanges } from '@tollkeeper/db/policies'
import type { PolicyPublisher } from '@tollkeeper/redis/policies'
import type { PublishPorts } from '../jobs/publish-policies.ts'

/** Changes younger than this are left to whoever made them, who publishes right after the commit. */
const grace = 1_000

/** What `publish-policies` needs, from Postgres and Redis. */
export function policyPorts(
  { prisma }: Pick<Database, 'prisma'>,
  publisher: PolicyPublisher,
  consoleUrl: string | null,
): PublishPorts {
  return {
    isComplete: () => publisher.isComplete(),
    markComplete: () => publisher.markComplete(),
    async publishEverything() {
      let published = 0
      for (const { id: orgId } of await allOrganisations(prisma)) {
        let after: KeyId | null | undefined
        do {
          const page = await keyRecords(prisma, orgId, after ? { after } : {})
          await Promise.all(page.records.map((record) => publisher.publishKey(record)))
          published += page.records.length
          after = page.next
        } while (after)
        await publishOrg(orgId)
        published += 1
      }
      return published
    },
    async pending() {
      return pendingChanges(prisma, { before: new Date(Date.now() - grace) })
    },
    async publish(orgId, keyId) {
      if (keyId === null) return publishOrg(orgId)
      const record = await buildKeyRecord(prisma, orgId, keyId)
      if (record) await publisher.publishKey(record)
    },
    done: (ids) => changesPublished(prisma, ids),
  }

  async function publishOrg(orgId: OrgId): Promise<void> {
    const policy = await buildOrgPolicy(prisma, orgId, { consoleUrl })
    if (policy) await publisher.publishOrg(policy)
  }
}
