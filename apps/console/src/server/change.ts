import type { Db } from '@tollkeeper/db/client'
import type { KeyId } from '@tollkeeper/domain/id'
import { makeId } from '#server/ids.ts'
import { publishOutbox } from '#server/publish.ts'
import type { OrgContext } from '#server/trpc.ts'

/** Plain JSON; amounts as decimal text. */
export type Json = string | number | boolean | { readonly [name: string]: Json | null } | readonly (Json | null)[]

/** One line of the audit log. `before` and `after` hold what changed and never a secret. */
export type AuditLine = {
  /** Noun and verb: `settings.update`, `key.revoke`. */
  action: string
  /** What it was done to: `team:team_4fQ…`. */
  target: string
  before?: Json
  after?: Json
}

/** What a change says about itself while it runs. */
export type Notes = {
  /** At least once per change. */
  audit(line: AuditLine): void
  /** The proxy must know: the organisation's policy (limits, budgets, providers, settings) is other than before. */
  policyChanged(): void
  /** The proxy must know: this key was made, disabled, revoked or edited. */
  keyChanged(keyId: KeyId): void
}

/**
 * Every change of an organisation goes through here: one transaction holds the work, its audit lines, the new policy
 * version and what has to be published; after it the new policies go to Redis at once (design.md 7). Should that fail,
 * the worker publishes what stayed in the outbox.
 */
export async function change<T>(ctx: OrgContext, work: (tx: Db, notes: Notes) => Promise<T>): Promise<T> {
  const lines: AuditLine[] = []
  const keys = new Set<KeyId>()
  let policy = false
  const notes: Notes = {
    audit: (line) => void lines.push(line),
    policyChanged: () => void (policy = true),
    keyChanged: (keyId) => void keys.add(keyId),
  }
  const { result, outbox } = await ctx.db.$transaction(async (tx) => {
    const result = await work(tx, notes)
    if (lines.length === 0) throw new Error('A change was made without an audit line')
    const actor = { orgId: ctx.org.id, actorId: ctx.member.id, actorName: ctx.member.name }
    await tx.auditEntry.createMany({ data: lines.map((line) => ({ ...line, ...actor, id: makeId('audit') })) })
    if (policy) {
      await tx.organisation.update({ where: { id: ctx.org.id }, data: { policyVersion: { increment: 1 } } })
    }
    const rows = [...(policy ? [null] : []), ...keys].map((keyId) => ({ orgId: ctx.org.id, keyId }))
    const outbox = rows.length > 0 ? await tx.policyOutbox.createManyAndReturn({ data: rows }) : []
    return { result, outbox }
  })
  await publishOutbox(ctx.stores, outbox)
  return result
}
