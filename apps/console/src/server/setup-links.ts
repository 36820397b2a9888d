import { createHash } from 'node:crypto'
import type { Db } from '@tollkeeper/db/client'

/** Tokens of links are 256 random bits, so a plain hash of them is enough in the database. */
export const tokenHashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Whether the link can still make the first account. */
export async function isUsable(db: Db, token: string): Promise<boolean> {
  const link = await db.setupLink.findUnique({ where: { tokenHash: tokenHashOf(token) } })
  if (!link || link.usedAt || link.expiresAt <= new Date()) return false
  return (await db.user.findFirst({ select: { id: true } })) === null
}

/** Uses the link up, in the caller's transaction; false when it cannot be used. Of two at once only one gets true. */
export async function consume(tx: Db, token: string): Promise<boolean> {
  const now = new Date()
  const used = await tx.setupLink.updateMany({
    where: { tokenHash: tokenHashOf(token), usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  })
  return used.count === 1 && (await tx.user.findFirst({ select: { id: true } })) === null
}
