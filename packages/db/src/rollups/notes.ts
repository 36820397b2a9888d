import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'
import type { Grouping } from './groups.ts'

/** What tells groups of one name apart, by their ids: a key's last characters and team, a person's address. */
export async function groupNotes(
  db: Db,
  orgId: OrgId,
  grouping: Grouping,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const where = { orgId, id: { in: ids.filter((id) => id !== '') } }
  if (grouping === 'key') {
    const rows = await db.apiKey.findMany({
      where,
      select: { id: true, last4: true, team: { select: { name: true } } },
    })
    return new Map(rows.map((row) => [row.id, `…${row.last4} · ${row.team.name}`]))
  }
  if (grouping === 'member') {
    const rows = await db.member.findMany({ where, select: { id: true, email: true } })
    return new Map(rows.map((row) => [row.id, row.email]))
  }
  return new Map()
}
