import type { OrgId, TeamId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'
import type { Range } from './days.ts'
import { usageWhere, type UsageFilter } from './groups.ts'

/** The model each team spent most on; keys are team ids, '' for traffic of no team. */
export async function topModels(
  db: Db,
  orgId: OrgId,
  range: Range,
  filter: UsageFilter = {},
): Promise<ReadonlyMap<TeamId | '', string>> {
  const rows = await db.$queryRaw<{ teamId: TeamId | ''; model: string }[]>`
    SELECT DISTINCT ON (team_id) team_id AS "teamId", model FROM (
      SELECT team_id, model, sum(cost_nano) AS cost, sum(requests) AS requests FROM usage_hour
      WHERE ${usageWhere(orgId, range, filter)} AND model <> '' GROUP BY 1, 2
    ) AS each ORDER BY team_id, cost DESC, requests DESC, model`
  return new Map(rows.map((row) => [row.teamId, row.model]))
}
