import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from './client.ts'
import { Prisma, type AuditEntry as Row } from './generated/client.ts'
import { makeId } from './ids.ts'

/** Who did what, with what it was before and after. Secrets never go in. */
export type AuditEntry = {
  id: string
  at: Date
  /** Member or login id; null for the system. */
  actorId: string | null
  actorName: string
  /** Noun and verb, such as `budget.set`. */
  action: string
  /** What it was done to, such as `budget:bud_…`. */
  target: string
  before: unknown
  after: unknown
}

/** Values of an entry: anything JSON can say, and bigint, which is written as digits. */
export type AuditValue = Readonly<Record<string, unknown>> | null

export type NewAuditEntry = Pick<AuditEntry, 'actorId' | 'actorName' | 'action' | 'target'> & {
  before?: AuditValue
  after?: AuditValue
}

/** Adds an entry. Call it in the transaction of the change. */
export async function append(db: Db, orgId: OrgId, entry: NewAuditEntry, at = new Date()): Promise<void> {
  const { before, after, ...rest } = entry
  await db.auditEntry.create({
    data: { ...rest, orgId, id: makeId('audit'), at, before: toJson(before), after: toJson(after) },
  })
}

/** Where the next page begins: the last entry of this one. */
export type AuditCursor = { at: Date; id: string }

/** Entries, newest first; `target` narrows to one thing. */
export async function list(
  db: Db,
  orgId: OrgId,
  page: { after?: AuditCursor; limit?: number; target?: string } = {},
): Promise<{ entries: AuditEntry[]; next: AuditCursor | null }> {
  const { after, limit = 50, target } = page
  const older = after && { OR: [{ at: { lt: after.at } }, { at: after.at, id: { lt: after.id } }] }
  const rows = await db.auditEntry.findMany({
    where: { orgId, ...(target === undefined ? {} : { target }), ...older },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  })
  const entries = rows.slice(0, limit).map(fromRow)
  const last = entries.at(-1)
  return { entries, next: rows.length > limit && last ? { at: last.at, id: last.id } : null }
}

const fromRow = ({ id, at, actorId, actorName, action, target, before, after }: Row): AuditEntry => ({
  id,
  at,
  actorId,
  actorName,
  action,
  target,
  before,
  after,
})

function toJson(value: AuditValue | undefined): Prisma.InputJsonValue | typeof Prisma.DbNull {
  if (value === null || value === undefined) return Prisma.DbNull
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)))
}
