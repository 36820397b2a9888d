import type pg from 'pg'
import type { Db } from './client.ts'

/** What was last known of a shard of the ledger Redis. `seq`: the highest sequence seen under this epoch. */
export type KnownShard = { epoch: number; seq: number }

/** By shard, `s00` to `s63`; those that never had an epoch are absent. */
export async function knownShards(db: Db): Promise<Map<string, KnownShard>> {
  const rows = await db.shardEpoch.findMany()
  return new Map(rows.map(({ shard, epoch, seenSeq }) => [shard, { epoch, seq: Number(seenSeq) }]))
}

/**
 * The next epoch of a shard: 1 the first time, then one higher each time its counters are made anew. Two workers never
 * get the same one.
 */
export async function nextEpoch(db: Db, shard: string, at = new Date()): Promise<number> {
  const row = await db.shardEpoch.upsert({
    where: { shard },
    create: { shard, epoch: 1, rebuiltAt: at },
    update: { epoch: { increment: 1 }, rebuiltAt: at, seenSeq: 0 },
  })
  return row.epoch
}

/** Keeps the highest sequences, so that a worker that starts later knows a store that went back. */
export async function noteSequences(
  pool: pg.Pool,
  seen: readonly { shard: string; epoch: number; seq: number }[],
): Promise<void> {
  if (seen.length === 0) return
  await pool.query(
    `UPDATE shard_epoch SET seen_seq = seen.seq
     FROM unnest($1::text[], $2::int[], $3::bigint[]) AS seen(shard, epoch, seq)
     WHERE shard_epoch.shard = seen.shard AND shard_epoch.epoch = seen.epoch AND shard_epoch.seen_seq < seen.seq`,
    [seen.map(({ shard }) => shard), seen.map(({ epoch }) => epoch), seen.map(({ seq }) => seq)],
  )
}

/**
 * Runs `work` while nobody else opens shards; false when somebody else is at it. The lock is the connection's, so it is
 * free again when this process dies.
 */
export async function whileOpening(pool: pg.Pool, work: () => Promise<void>): Promise<boolean> {
  const client = await pool.connect()
  let locked = false
  let broken: Error | undefined
  // Without a listener a connection that breaks while it is ours would end the process.
  const onError = (error: Error) => void (broken = error)
  client.on('error', onError)
  const lock = "hashtextextended('open-shards', 0)"
  try {
    const { rows } = await client.query<{ mine: boolean }>(`SELECT pg_try_advisory_lock(${lock}) AS mine`)
    locked = rows[0]?.mine === true
    if (locked) await work()
    return locked
  } finally {
    if (locked) {
      await client.query(`SELECT pg_advisory_unlock(${lock})`).catch((error: Error) => {
        broken = error
      })
    }
    client.off('error', onError)
    // A connection that could not give the lock back is closed, and the lock with it.
    client.release(broken)
  }
}
