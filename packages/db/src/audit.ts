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

export type AuditFilter = {
  /** What it was done to. */
  target?: string
  actorId?: string
  /** An action such as `budget.set`, or every action on a noun: `budget`. */
  action?: string
}

/** Entries, newest first. */
export async function list(
  db: Db,
  orgId: OrgId,
  page: AuditFilter & { after?: AuditCursor; limit?: number } = {},
): Promise<{ entries: AuditEntry[]; next: AuditCursor | null }> {
  const { after, limit = 50, target, actorId, action } = page
  const older = after && { OR: [{ at: { lt: after.at } }, { at: after.at, id: { lt: after.id } }] }
  const rows = await db.auditEntry.findMany({
    where: {
      orgId,
      ...(target === undefined ? {} : { target }),
      ...(actorId === undefined ? {} : { actorId }),
      ...(action === undefined ? {} : { action: action.includes('.') ? action : { startsWith: `${action}.` } }),
      ...older,
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  })
  const entries = rows.slice(0, limit).map(fromRow)
  const last = entries.at(-1)
  return { entries, next: rows.length > limit && last ? { at: last.at, id: last.id } : null }
}

/** Who and what the log knows: for choosing what to look for. A person keeps the name they acted under last. */
export async function choices(
  db: Db,
  orgId: OrgId,
): Promise<{ actors: { id: string; name: string }[]; actions: string[] }> {
  const actors = await db.auditEntry.findMany({
    where: { orgId, actorId: { not: null } },
    distinct: ['actorId'],
    orderBy: { at: 'desc' },
    select: { actorId: true, actorName: true },
  })
  const actions = await db.auditEntry.groupBy({ by: ['action'], where: { orgId }, orderBy: { action: 'asc' } })
  return {
    actors: actors
      .map((row) => ({ id: row.actorId ?? '', name: row.actorName }))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
    actions: actions.map((row) => row.action),
  }
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
