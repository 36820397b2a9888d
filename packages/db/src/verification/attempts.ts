import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'

/** A request whose own count of attempts and the ledger do not fit. */
export type OddRequest = { requestId: string; attempts: number; inLedger: number }

/**
 * Requests that were answered by a provider and have no charge, not even one of nothing, or have charges of more attempts
 * than were made; at most 20. The last two minutes are left out: rows may still be on their way.
 */
export async function oddRequests(db: Db, orgId: OrgId, since = new Date(0)): Promise<OddRequest[]> {
  return db.$queryRaw<OddRequest[]>`
    SELECT request.id AS "requestId", request.attempts, count(DISTINCT row.attempt_id)::int AS "inLedger"
    FROM request LEFT JOIN ledger_entry AS row
      ON row.org_id = request.org_id AND row.request_id = request.id AND row.kind IN ('final', 'provisional')
    WHERE request.org_id = ${orgId} AND request.attempts > 0 AND request.count = 1
      AND request.at >= ${since} AND request.at < now() - interval '2 minutes'
    GROUP BY request.id, request.attempts, request.outcome
    HAVING count(DISTINCT row.attempt_id) > request.attempts
      OR (request.outcome = 'answered' AND count(row.attempt_id) = 0)
    ORDER BY request.id LIMIT 20`
}
