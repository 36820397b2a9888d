import type { Db } from './client.ts'

/** The epoch last given to a shard of the ledger Redis; undefined before its first. `shard` is `s00` to `s63`. */
export async function epochOf(db: Db, shard: string): Promise<number | undefined> {
  return (await db.shardEpoch.findUnique({ where: { shard } }))?.epoch
}

/**
 * The next epoch of a shard: 1 the first time, then one higher each time its counters are made anew. Two workers never
 * get the same one.
 */
export async function nextEpoch(db: Db, shard: string, at = new Date()): Promise<number> {
  const row = await db.shardEpoch.upsert({
    where: { shard },
    create: { shard, epoch: 1, rebuiltAt: at },
    update: { epoch: { increment: 1 }, rebuiltAt: at },
  })
  return row.epoch
}

/**
 * Runs `work` while nobody else opens this shard; undefined when somebody else is at it. The lock ends with the
 * transaction that `db` must be.
 */
export async function whileOpening<T>(db: Db, shard: string, work: () => Promise<T>): Promise<T | undefined> {
  const [row] = await db.$queryRaw<{ mine: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`open-shard:${shard}`}, 0)) AS mine`
  return row?.mine === true ? work() : undefined
}
