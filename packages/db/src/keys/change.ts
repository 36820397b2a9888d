import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import { atomic } from '../atomic.ts'
import type { Db } from '../client.ts'
import { noteKeyChanges, noteOrgChange } from '../policies/outbox.ts'

export type KeyChange = { name?: string; allowedModels?: readonly string[] | null; expiresAt?: Date | null }

/** Changes what a key is called, may use, or when it ends. False when there is no such key or it is revoked. */
export async function change(db: Db, orgId: OrgId, id: KeyId, input: KeyChange): Promise<boolean> {
  const { allowedModels, ...columns } = input
  return atomic(db, async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { orgId, id, status: { not: 'revoked' } },
      data: { ...columns, ...(allowedModels === undefined ? {} : { allowedModels: [...(allowedModels ?? [])] }) },
    })
    if (count === 0) return false
    await noteKeyChanges(tx, orgId, [id])
    // Its quota carries its name.
    if (input.name !== undefined) await noteOrgChange(tx, orgId)
    return true
  })
}
