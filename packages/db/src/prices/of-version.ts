import type { OrgId } from '@tollkeeper/domain/id'
import type { Price } from '@tollkeeper/domain/price'
import type { Db } from '../client.ts'
import { priceOfRow } from './book.ts'
import { listOverrides, toPrice } from './overrides.ts'

/** The price that a charge names: from its edition of the price book, or the organisation's own. Undefined: not known here. */
export async function priceOfVersion(db: Db, orgId: OrgId, version: string): Promise<Price | undefined> {
  if (version.startsWith('override:')) {
    const overrides = await listOverrides(db, orgId)
    const found = overrides.find((override) => `override:${override.id}` === version)
    return found && toPrice(found)
  }
  const [edition, provider] = version.split('/')
  if (!edition || !/^\d{1,9}$/.test(edition) || !provider) return undefined
  const rows = await db.modelPrice.findMany({ where: { editionId: Number(edition), provider } })
  for (const row of rows) {
    const price = priceOfRow(row)
    if (price?.version === version) return price
  }
  return undefined
}
