import type pg from 'pg'

/** Which of some events are in the ledger, by their ids. Across organisations: for the journals of proxies. */
export async function recordedEvents(pool: pg.Pool, eventIds: readonly string[]): Promise<string[]> {
  if (eventIds.length === 0) return []
  const { rows } = await pool.query<{ id: string }>(
    'SELECT event_id AS id FROM ledger_entry WHERE event_id = ANY($1::text[])',
    [eventIds],
  )
  return rows.map((row) => row.id)
}
