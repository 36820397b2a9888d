import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'

/** A provisional charge that nothing has corrected. */
export type Unproven = { orgId: OrgId; attemptId: AttemptId; nodes: string[]; amountNano: bigint }

/**
 * Provisional charges recorded between two moments that have no correction, in organisations that lower such charges to
 * what is known; oldest first, at most 500.
 */
export async function unproven(db: Db, between: { from: Instant; to: Instant }): Promise<Unproven[]> {
  return db.$queryRaw<Unproven[]>`
    SELECT row.org_id AS "orgId", row.attempt_id AS "attemptId", row.nodes, row.amount_nano AS "amountNano"
    FROM ledger_entry AS row JOIN organisation ON organisation.id = row.org_id
    WHERE row.kind = 'provisional' AND organisation.provisional_rule = 'observed'
      AND row.recorded_at >= ${new Date(between.from)} AND row.recorded_at < ${new Date(between.to)}
      AND NOT EXISTS (SELECT FROM ledger_entry WHERE event_id = row.attempt_id || ':correction')
    ORDER BY row.recorded_at LIMIT 500`
}
