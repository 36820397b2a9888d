import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'

/** Something the proxies must be told: an organisation's policy, or the record of one of its keys. */
export type PolicyChange = { id: bigint; orgId: OrgId; keyId: KeyId | null; createdAt: Date }

/**
 * Notes that an organisation's policy changed: raises its version and leaves a note for whoever publishes. Call it in
 * the transaction of the change, so that a crash between commit and publish loses nothing (design.md 7).
 */
export async function noteOrgChange(db: Db, orgId: OrgId): Promise<void> {
  await db.organisation.updateMany({ where: { id: orgId }, data: { policyVersion: { increment: 1 } } })
  await db.policyOutbox.create({ data: { orgId } })
}

/** The same for records of keys. */
export async function noteKeyChanges(db: Db, orgId: OrgId, keyIds: readonly string[]): Promise<void> {
  if (keyIds.length === 0) return
  await db.apiKey.updateMany({ where: { orgId, id: { in: [...keyIds] } }, data: { version: { increment: 1 } } })
  await db.policyOutbox.createMany({ data: keyIds.map((keyId) => ({ orgId, keyId })) })
}

/** Notes waiting to be published, oldest first; `before` leaves out those that their writer may still be publishing. */
export async function pendingChanges(
  db: Db,
  filter: { orgId?: OrgId; before?: Date; limit?: number } = {},
): Promise<PolicyChange[]> {
  const rows = await db.policyOutbox.findMany({
    where: {
      ...(filter.orgId === undefined ? {} : { orgId: filter.orgId }),
      ...(filter.before === undefined ? {} : { createdAt: { lt: filter.before } }),
    },
    orderBy: { id: 'asc' },
    take: filter.limit ?? 1_000,
  })
  return rows.map((row) => ({ ...row, orgId: row.orgId as OrgId, keyId: row.keyId as KeyId | null }))
}

/** Removes notes whose value was published after they were read. */
export async function changesPublished(db: Db, ids: readonly bigint[]): Promise<void> {
  await db.policyOutbox.deleteMany({ where: { id: { in: [...ids] } } })
}
