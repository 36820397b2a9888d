import type { KeyId, MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import { atomic } from '../atomic.ts'
import type { Db } from '../client.ts'
import type { KeyStatus, Prisma } from '../generated/client.ts'
import { done, no, type Outcome } from '../outcome.ts'
import { noteKeyChanges } from '../policies/outbox.ts'

/** What people are shown: a key past its expiry no longer works, whatever its status says. */
export type ShownStatus = 'active' | 'disabled' | 'revoked' | 'expired'

export function shownStatus(key: { status: KeyStatus; expiresAt: Date | null }, at: Date): ShownStatus {
  if (key.status === 'revoked') return 'revoked'
  if (key.expiresAt !== null && key.expiresAt <= at) return 'expired'
  return key.status
}

/** The same rule as a filter. */
export function whereShown(status: ShownStatus, at: Date): Prisma.ApiKeyWhereInput {
  const live = { OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] }
  switch (status) {
    case 'revoked':
      return { status }
    case 'expired':
      return { status: { not: 'revoked' }, expiresAt: { lte: at } }
    case 'active':
    case 'disabled':
      return { status, ...live }
  }
}

type StatusRefusal = 'not-found' | 'revoked'

/** Stops a key until it is enabled again. */
export const disable = (db: Db, orgId: OrgId, id: KeyId, at = new Date()) => setStatus(db, orgId, id, 'disabled', at)
export const enable = (db: Db, orgId: OrgId, id: KeyId, at = new Date()) => setStatus(db, orgId, id, 'active', at)

/** Ends a key for good. */
export const revoke = (db: Db, orgId: OrgId, id: KeyId, at = new Date()) => setStatus(db, orgId, id, 'revoked', at)

async function setStatus(
  db: Db,
  orgId: OrgId,
  id: KeyId,
  status: KeyStatus,
  at: Date,
): Promise<Outcome<KeyStatus, StatusRefusal>> {
  return atomic(db, async (tx) => {
    const row = await tx.apiKey.findUnique({ where: { orgId_id: { orgId, id } } })
    if (!row) return no('not-found')
    if (row.status === 'revoked') return status === 'revoked' ? done(status) : no('revoked')
    await tx.apiKey.updateMany({
      where: { orgId, id, status: { not: 'revoked' } },
      data: { status, statusChangedAt: at },
    })
    await noteKeyChanges(tx, orgId, [id])
    return done(status)
  })
}

/** Disables every active key of a team or a person that goes away; gives how many. */
export async function disableKeys(
  tx: Db,
  orgId: OrgId,
  of: { teamId: TeamId } | { memberId: MemberId },
  at: Date,
): Promise<number> {
  const rows = await tx.apiKey.updateManyAndReturn({
    where: { orgId, status: 'active', ...of },
    data: { status: 'disabled', statusChangedAt: at },
    select: { id: true },
  })
  await noteKeyChanges(
    tx,
    orgId,
    rows.map((row) => row.id),
  )
  return rows.length
}
