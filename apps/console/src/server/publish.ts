import { buildKeyRecord, buildOrgPolicy, changesPublished, pendingChanges } from '@tollkeeper/db/policies'
import type { OrgId } from '@tollkeeper/domain/id'
import { log } from '#server/log.ts'
import type { Stores } from '#server/stores.ts'

/**
 * Publishes what changes of this organisation left noted, and removes the notes. Trouble is logged and not thrown: the
 * change itself is done, and the worker publishes what is still noted.
 */
export async function publishChanges(stores: Stores, orgId: OrgId): Promise<void> {
  const { publisher, consoleUrl } = stores
  const { prisma } = stores.database
  try {
    const pending = await pendingChanges(prisma, { orgId })
    if (pending.some((each) => each.keyId === null)) {
      const policy = await buildOrgPolicy(prisma, orgId, { consoleUrl })
      if (policy) await publisher.publishOrg(policy)
    }
    for (const keyId of new Set(pending.flatMap((each) => each.keyId ?? []))) {
      const record = await buildKeyRecord(prisma, orgId, keyId)
      if (record) await publisher.publishKey(record)
    }
    const ids = pending.map((each) => each.id)
    await changesPublished(prisma, ids)
  } catch (problem) {
    log().warn({ orgId, err: problem }, 'policies could not be published; the worker will')
  }
}
