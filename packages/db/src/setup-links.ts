import { atomic } from './atomic.ts'
import type { Db } from './client.ts'
import { hashToken, newToken } from './tokens.ts'
import { someoneExists } from './users.ts'

const validMs = 24 * 3_600_000
// Any number: set-up happens one at a time, so that two links cannot both make a first administrator.
const setupLock = 7_215_003

/**
 * Makes the one-time link of the first administrator and gives its token, which is kept nowhere; an earlier unused link
 * stops working. Undefined when somebody can sign in already.
 */
export async function create(db: Db, at = new Date()): Promise<{ token: string; expiresAt: Date } | undefined> {
  return atomic(db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${setupLock}::bigint)`
    if (await someoneExists(tx)) return undefined
    await tx.setupLink.deleteMany({ where: { usedAt: null } })
    const token = newToken()
    const expiresAt = new Date(at.getTime() + validMs)
    await tx.setupLink.create({ data: { tokenHash: hashToken(token), createdAt: at, expiresAt } })
    return { token, expiresAt }
  })
}

/** Whether a token would be accepted now; for the page to say so before a form is filled in. */
export async function isOpen(db: Db, token: string, at = new Date()): Promise<boolean> {
  const link = await db.setupLink.findFirst({
    where: { tokenHash: hashToken(token), usedAt: null, expiresAt: { gt: at } },
  })
  return link !== null && !(await someoneExists(db))
}

/** Uses a token up; true once. Call it in the transaction that makes the first administrator. */
export async function consume(db: Db, token: string, at = new Date()): Promise<boolean> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(${setupLock}::bigint)`
  if (await someoneExists(db)) return false
  const { count } = await db.setupLink.updateMany({
    where: { tokenHash: hashToken(token), usedAt: null, expiresAt: { gt: at } },
    data: { usedAt: at },
  })
  return count === 1
}
