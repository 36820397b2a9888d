import type { KeyId, MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import { keyPattern } from '@tollkeeper/domain/key'
import type { Db } from '../client.ts'
import type { Prisma } from '../generated/client.ts'
import type { Sight } from '../sight.ts'
import { readKeys, withOwners, type ApiKey } from './key.ts'
import { whereShown, type ShownStatus } from './status.ts'

export type KeyFilter = {
  /** Part of the name, the last four characters, the public id, or a pasted key (only its public id is used). */
  search?: string
  status?: ShownStatus
  /** Any of these teams; the teams a lead may see. */
  teamIds?: readonly TeamId[]
  memberId?: MemberId
  /** What somebody may see: keys of these teams, and this person’s own in any team. */
  sight?: Sight
}

/** Where the next page begins: the last row of this one. */
export type KeyCursor = { createdAt: Date; id: KeyId }

/** A page of keys, newest first, without the short-lived ones of test requests. */
export async function list(
  db: Db,
  orgId: OrgId,
  page: { filter?: KeyFilter; after?: KeyCursor; limit?: number; at?: Date } = {},
): Promise<{ keys: ApiKey[]; next: KeyCursor | null }> {
  const { filter = {}, after, limit = 50, at = new Date() } = page
  const rows = await db.apiKey.findMany({
    where: { orgId, purpose: 'standard', AND: [whereOf(filter, at), after ? whereAfter(after) : {}] },
    include: withOwners,
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit + 1,
  })
  const keys = await readKeys(db, orgId, rows.slice(0, limit), at)
  const last = keys.at(-1)
  return { keys, next: rows.length > limit && last ? { createdAt: last.createdAt, id: last.id } : null }
}

export async function one(db: Db, orgId: OrgId, id: KeyId, at = new Date()): Promise<ApiKey | undefined> {
  const rows = await db.apiKey.findMany({ where: { orgId, id }, include: withOwners })
  return (await readKeys(db, orgId, rows, at))[0]
}

/** How many keys an organisation has that are not revoked; for empty states and the checklist. */
export const count = (db: Db, orgId: OrgId): Promise<number> =>
  db.apiKey.count({ where: { orgId, purpose: 'standard', status: { not: 'revoked' } } })

const whereAfter = (cursor: KeyCursor): Prisma.ApiKeyWhereInput => ({
  OR: [{ createdAt: { lt: cursor.createdAt } }, { createdAt: cursor.createdAt, id: { gt: cursor.id } }],
})

function whereOf(filter: KeyFilter, at: Date): Prisma.ApiKeyWhereInput {
  const { search, status, teamIds, memberId, sight } = filter
  return {
    AND: [
      search === undefined || search.trim() === '' ? {} : whereFound(search.trim()),
      status === undefined ? {} : whereShown(status, at),
      teamIds === undefined ? {} : { teamId: { in: [...teamIds] } },
      memberId === undefined ? {} : { memberId },
      sight === undefined ? {} : { OR: [{ teamId: { in: [...sight.teamIds] } }, { memberId: sight.memberId }] },
    ],
  }
}

function whereFound(search: string): Prisma.ApiKeyWhereInput {
  const pasted = keyPattern.exec(search)?.[1]
  if (pasted !== undefined) return { publicId: pasted }
  const publicId = search.replace(/^sk-gw-/, '')
  return {
    OR: [
      { name: { contains: search, mode: 'insensitive' } },
      { last4: publicId },
      { publicId: { startsWith: publicId } },
    ],
  }
}
