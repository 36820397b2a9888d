import type { Db } from './client.ts'
import type { User as Row } from './generated/client.ts'

/** A login. What it may do is said by its memberships. */
export type User = {
  id: string
  email: string
  name: string | null
  /** argon2id; null for people who only sign in by OIDC. */
  passwordHash: string | null
  emailVerified: Date | null
  /** Sessions issued before this are refused. */
  sessionsValidFrom: Date
  createdAt: Date
}

/** E-mail addresses are kept and compared in lower case. */
export const emailText = (text: string): string => text.trim().toLowerCase()

export async function byEmail(db: Db, email: string): Promise<User | undefined> {
  const row = await db.user.findUnique({ where: { email: emailText(email) } })
  return row ? fromRow(row) : undefined
}

export async function one(db: Db, id: string): Promise<User | undefined> {
  const row = await db.user.findUnique({ where: { id } })
  return row ? fromRow(row) : undefined
}

/** Whether anybody can sign in; until then the set-up link is the only way in. */
export const someoneExists = async (db: Db): Promise<boolean> =>
  (await db.user.findFirst({ select: { id: true } })) !== null

export type NewUser = { email: string; name: string; passwordHash: string | null; emailVerified?: Date }

/** Makes a login, or gives undefined when the address has one already. */
export async function create(db: Db, user: NewUser): Promise<User | undefined> {
  const [row] = await db.user.createManyAndReturn({
    data: [{ ...user, email: emailText(user.email) }],
    skipDuplicates: true,
  })
  return row ? fromRow(row) : undefined
}

export async function rename(db: Db, id: string, name: string): Promise<void> {
  await db.user.updateMany({ where: { id }, data: { name } })
}

/** Sets the password and ends every session issued before `at`. */
export async function setPasswordHash(db: Db, id: string, passwordHash: string, at: Date): Promise<void> {
  await db.user.updateMany({ where: { id }, data: { passwordHash, sessionsValidFrom: at } })
}

/** Signs a person out everywhere: sessions issued before `at` are refused. */
export async function endSessions(db: Db, id: string, at: Date): Promise<void> {
  await db.user.updateMany({ where: { id }, data: { sessionsValidFrom: at } })
}

function fromRow(row: Row): User {
  const { id, email, name, passwordHash, emailVerified, sessionsValidFrom, createdAt } = row
  return { id, email, name, passwordHash, emailVerified, sessionsValidFrom, createdAt }
}
