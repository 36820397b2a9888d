import type { OrgId } from '@tollkeeper/domain/id'
import type { Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'
import { offeredModels } from './models.ts'

/** A model that is offered without a price, and how often it was asked for. */
export type UnpricedModel = { model: string; provider: string; requests: number }

/** Models without a price that somebody asked for between `from` and `to`, most wanted first. */
export async function unpricedInUse(
  db: Db,
  orgId: OrgId,
  between: { from: Instant; to: Instant },
): Promise<UnpricedModel[]> {
  const offered = (await offeredModels(db, orgId, between.to)).filter((model) => model.price === null)
  if (offered.length === 0) return []
  const rows = await db.$queryRaw<{ model: string; requests: bigint }[]>`
    SELECT model_asked AS model, sum(count) AS requests FROM request
    WHERE org_id = ${orgId} AND at >= ${new Date(between.from)} AND at < ${new Date(between.to)}
      AND model_asked = ANY(${offered.map((model) => model.name)})
    GROUP BY 1`
  const asked = new Map(rows.map((row) => [row.model, Number(row.requests)]))
  return offered
    .flatMap(({ name, provider }) => {
      const requests = asked.get(name) ?? 0
      return requests > 0 ? [{ model: name, provider: provider.name, requests }] : []
    })
    .toSorted((a, b) => b.requests - a.requests)
}
