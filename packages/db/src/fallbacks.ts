import type { OrgId } from '@tollkeeper/domain/id'
import type { FallbackChain } from '@tollkeeper/domain/policy'
import { atomic } from './atomic.ts'
import type { Db } from './client.ts'
import { noteOrgChange } from './policies/outbox.ts'

/** An organisation's chains by the name of their model. Models in them may be gone by now: proxies pass them over. */
export async function list(db: Db, orgId: OrgId): Promise<FallbackChain[]> {
  const rows = await db.fallbackChain.findMany({ where: { orgId }, orderBy: { model: 'asc' } })
  return rows.map(({ model, standIns }) => ({ model, standIns }))
}

/** Replaces the chain of a model; without stand-ins it has none. Gives the stand-ins that it had. */
export async function set(db: Db, orgId: OrgId, { model, standIns }: FallbackChain): Promise<string[]> {
  return atomic(db, async (tx) => {
    const key = { orgId, model }
    const before = await tx.fallbackChain.findUnique({ where: { orgId_model: key } })
    if (standIns.length === 0) await tx.fallbackChain.deleteMany({ where: key })
    else
      await tx.fallbackChain.upsert({ where: { orgId_model: key }, create: { ...key, standIns }, update: { standIns } })
    await noteOrgChange(tx, orgId)
    return before?.standIns ?? []
  })
}
