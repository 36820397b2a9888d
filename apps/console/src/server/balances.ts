import { nodeAt, spentByLedger } from '@tollkeeper/db/budgets'
import { budgetAt, type Budget } from '@tollkeeper/domain/budget'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { BudgetWindow, Instant } from '@tollkeeper/domain/time'
import { readBalances } from '@tollkeeper/redis/balances'
import { StoreUnavailable } from '@tollkeeper/redis/connection'
import type { OrgContext } from '#server/trpc.ts'

/** A budget, and whom its counter is for: a person (or a key that belongs to nobody) of an `each` budget, else null. */
export type Counter = { budget: Budget; subject: string | null }

/** The budget is as it stands now: with raises, and with what was carried over, in its limit. */
export type Standing = Counter & { nodeId: string; window: BudgetWindow; used: NanoUsd; held: NanoUsd }

/** Where counters stand. `live` is false while Redis is away: then the ledger tells what was spent, and holds are unknown. */
export type Standings = { live: boolean; standings: Standing[] }

/**
 * Where budgets stand in their windows of `now`, in the order asked. A counter that nobody has used yet stands where its
 * budget was opened.
 */
export async function standingsOf(
  ctx: Pick<OrgContext, 'stores' | 'db' | 'org'>,
  counters: readonly Counter[],
  now: Instant,
): Promise<Standings> {
  const calendar = { zone: ctx.org.timeZone, at: now }
  const nodes = counters.map(({ budget, subject }) => {
    const node = nodeAt(budget, calendar, subject)
    return { ...node, subject, budget: budgetAt(budget, { subject, window: node.window }, now).budget }
  })
  try {
    const balances = await readBalances(
      ctx.stores.redis,
      ctx.org.id,
      nodes.map((node) => node.id),
    )
    return {
      live: true,
      standings: nodes.map(({ id, opening, ...node }) => {
        const { used, held } = balances.get(id) ?? { used: opening, held: 0n }
        return { ...node, nodeId: id, used, held }
      }),
    }
  } catch (problem) {
    if (!(problem instanceof StoreUnavailable)) throw problem
    const spent = await spentByLedger(ctx.db, ctx.org.id, nodes)
    return {
      live: false,
      standings: nodes.map(({ id, budget, subject, window }) => {
        return { budget, subject, window, nodeId: id, used: spent.get(id) ?? 0n, held: 0n }
      }),
    }
  }
}
