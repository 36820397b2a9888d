import type { OrgId } from '@tollkeeper/domain/id'
import { Prisma } from '../generated/client.ts'
import { keyColumns, sumColumns } from './sums.ts'

const keys = Prisma.raw(keyColumns.join(', '))
const sums = Prisma.raw(sumColumns.map((name) => `sum(${name}) AS ${name}`).join(', '))
/** Columns of usage_hour, in the order in which `hoursFromRows` gives them. */
export const hourNames = Prisma.raw([...keyColumns, ...sumColumns].join(', '))

export type Between = { from: Date; to: Date }

/** The hourly sums of an organisation as its ledger and requests give them; columns in the order of `hourNames`. */
export function hoursFromRows(orgId: OrgId, hour: Prisma.Sql, between?: Between): Prisma.Sql {
  const when = between ? Prisma.sql`AND at >= ${between.from} AND at < ${between.to}` : Prisma.empty
  return Prisma.sql`
    SELECT ${keys}, ${sums} FROM (
      SELECT org_id, ${hour} AS hour, coalesce(team_id, '') AS team_id, coalesce(role_group_id, '') AS role_group_id,
        coalesce(role_id, '') AS role_id, coalesce(member_id, '') AS member_id, key_id, provider_id, model,
        0 AS requests, 0 AS refused, 0 AS failed, 0 AS shared, 0 AS saved_nano,
        (kind IN ('final', 'provisional'))::int AS attempts,
        input_uncached::bigint + input_cache_read + input_cache_write_5m + input_cache_write_1h + audio_in + image_in
          AS input_tokens,
        input_cache_read AS cached_tokens, output_text::bigint + audio_out + image_out AS output_tokens,
        amount_nano AS cost_nano
      FROM ledger_entry WHERE org_id = ${orgId} ${when}
      UNION ALL
      SELECT org_id, ${hour}, coalesce(team_id, ''), coalesce(role_group_id, ''), coalesce(role_id, ''),
        coalesce(member_id, ''), key_id, coalesce(provider_id, ''), coalesce(model_used, ''),
        count, CASE outcome WHEN 'refused' THEN count ELSE 0 END, CASE outcome WHEN 'failed' THEN count ELSE 0 END,
        CASE WHEN answered_by IS NOT NULL AND outcome = 'answered' THEN count ELSE 0 END,
        CASE WHEN answered_by IS NOT NULL AND outcome = 'answered' THEN avoided_nano ELSE 0 END,
        0, 0, 0, 0, 0
      FROM request WHERE org_id = ${orgId} ${when}
    ) AS each_row (${hourNames}) GROUP BY ${keys}`
}
