import type { Database } from '@tollkeeper/db/client'
import { one as organisation } from '@tollkeeper/db/organisations'
import { priceOfVersion } from '@tollkeeper/db/prices'
import { finish, noteReached, ratedAttempts, unfinished } from '@tollkeeper/db/reratings'
import { parseNodeId } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import { budgetPeriods, windowOf, type Instant } from '@tollkeeper/domain/time'
import type { Budgets } from '@tollkeeper/redis/budgets'
import type { rerateUsage } from '../jobs/rerate-usage.ts'
import type { Log } from '../observe.ts'

/** Attempts of one page. */
const page = 250

/** What `rerate-usage` needs, from Postgres and Redis. `drain` records what is on an organisation's stream. */
export function reratingPorts(
  { prisma }: Database,
  { adjust, epochs }: Pick<Budgets, 'adjust' | 'epochs'>,
  drain: (orgId: OrgId) => Promise<void>,
  log: Log,
): Parameters<typeof rerateUsage>[0] {
  /** Windows that were open when the last page was read. */
  const open = new Map<OrgId, ReadonlyMap<string, Instant>>()
  return {
    unfinished: () => unfinished(prisma),
    refresh: async (orgId) => void (await epochs.refresh(orgId)),
    drain,
    async next({ orgId, priceId, reached, ...stretch }) {
      const price = await priceOfVersion(prisma, orgId, `override:${priceId}`)
      if (!price) throw new Error(`There is no price ${priceId}`)
      open.set(orgId, await openWindows(orgId))
      for await (const next of ratedAttempts(prisma, orgId, { stretch, price, page, after: reached })) return next
      return undefined
    },
    adjust({ id, orgId, reason, actor }, { attemptId, nodes, meta, result }, amount) {
      const endOf = (node: string) => open.get(orgId)?.get(parseNodeId(node)?.windowId ?? '') ?? null
      return adjust({
        orgId,
        attemptId,
        amount,
        nodes: nodes.map((node) => ({ id: node, endMs: endOf(node) })),
        meta,
        result,
        cause: { id, reason, actorId: actor.id },
      })
    },
    tellBelow: (orgId, attemptId) =>
      log.error({ org: orgId, attempt: attemptId }, 'a counter has less than an adjustment would take from it'),
    noteReached: (rerating, reached) => noteReached(prisma, rerating, reached),
    finish: (rerating) => finish(prisma, rerating),
  }

  /** The windows of now, with their ends. */
  async function openWindows(orgId: OrgId): Promise<ReadonlyMap<string, Instant>> {
    const zone = (await organisation(prisma, orgId))?.timeZone ?? 'UTC'
    return new Map(
      budgetPeriods.map((period) => {
        const { id, endMs } = windowOf(period, zone, Date.now())
        return [id, endMs]
      }),
    )
  }
}
