import { eventIdOf, ledgerAmountOf, type MoneyEvent } from '@tollkeeper/domain/usage'
import type { OrgId } from '@tollkeeper/domain/id'
import type { Instant } from '@tollkeeper/domain/time'
import { snapshot } from '../atomic.ts'
import type { Db } from '../client.ts'
import { ledgerNodes, type LedgerNode } from './nodes.ts'

/**
 * What the counters of an organisation should say: `ledgerNodes` plus the events that wait in its usage stream, those left
 * out that were recorded meanwhile. Read the stream first.
 */
export const expectedNodes = (
  db: Db,
  orgId: OrgId,
  waiting: readonly MoneyEvent[],
  at: Instant,
): Promise<LedgerNode[]> =>
  snapshot(db, async (tx) => {
    const nodes = await ledgerNodes(tx, orgId, at)
    const events = new Map(waiting.map((event) => [eventIdOf(event), event]))
    const recorded = await tx.ledgerEntry.findMany({
      where: { eventId: { in: [...events.keys()] } },
      select: { eventId: true },
    })
    for (const { eventId } of recorded) events.delete(eventId)
    const extra = new Map<string, bigint>()
    for (const event of events.values()) {
      for (const node of event.nodes) extra.set(node, (extra.get(node) ?? 0n) + ledgerAmountOf(event))
    }
    return nodes.map((node) => ({ ...node, spent: node.spent + (extra.get(node.nodeId) ?? 0n) }))
  })

/** How many entries were put aside because nobody could read or take them. */
export const entriesPutAside = (db: Db): Promise<number> => db.usageDead.count()
