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
  const rows = await db.request.groupBy({
    by: ['modelAsked'],
    where: {
      orgId,
      at: { gte: new Date(between.from), lt: new Date(between.to) },
      modelAsked: { in: offered.map((model) => model.name) },
    },
    _sum: { count: true },
  })
  const asked = new Map(rows.map((row) => [row.modelAsked, row._sum.count ?? 0]))
  return offered
    .flatMap(({ name, provider }) => {
      const requests = asked.get(name) ?? 0
      return requests > 0 ? [{ model: name, provider: provider.name, requests }] : []
    })
    .toSorted((a, b) => b.requests - a.requests)
}
