import { append, type NewAuditEntry } from '@tollkeeper/db/audit'
import type { Db } from '@tollkeeper/db/client'
import { publishChanges } from '#server/publish.ts'
import type { OrgContext } from '#server/trpc.ts'

/** What happened, for the audit log; who did it is added. Amounts may be bigint; secrets never go in. */
export type AuditLine = Pick<NewAuditEntry, 'action' | 'target' | 'before' | 'after'>

/**
 * Every change of an organisation goes through here: one transaction holds the work and its audit lines, of which there
 * is at least one. The verbs of the database package note in it what the proxies must be told; after it that is
 * published at once (design.md 7). Should publishing fail, the worker does it from those notes.
 */
export async function change<T>(
  ctx: OrgContext,
  work: (tx: Db, audit: (line: AuditLine) => void) => Promise<T>,
): Promise<T> {
  const lines: AuditLine[] = []
  const result = await ctx.db.$transaction(
    async (tx) => {
      const result = await work(tx, (line) => void lines.push(line))
      if (lines.length === 0) throw new Error('A change was made without an audit line')
      for (const line of lines) {
        await append(tx, ctx.org.id, { ...line, actorId: ctx.member.id, actorName: ctx.member.name })
      }
      return result
    },
    { timeout: 30_000, maxWait: 10_000 },
  )
  await publishChanges(ctx.stores, ctx.org.id)
  return result
}
