import type { Database } from '@tollkeeper/db/client'

/** Everything but the price book and the history of migrations. */
const tables = `organisation, "user", setup_link, ledger_entry, ledger_chain, usage_hour, request, usage_dead, audit_entry,
  policy_outbox, shard_epoch, verification, price_override`

/**
 * Makes sure that the demo may be written: true on a database that nobody used, and on one where a seeding was cut short,
 * which is emptied first. While it is written, its organisations are suspended; that is how an unfinished one is known.
 */
export async function clearGround(database: Database): Promise<boolean> {
  const organisations = await database.prisma.organisation.findMany({ select: { demo: true, suspended: true } })
  if (organisations.some(({ demo, suspended }) => !demo || !suspended)) return false
  if (organisations.length === 0 && (await database.prisma.user.count()) > 0) return false
  await database.pool.query(`TRUNCATE ${tables} RESTART IDENTITY CASCADE`)
  return true
}
