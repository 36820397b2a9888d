import { setInterval } from 'node:timers/promises'
import { parseNodeId } from '@tollkeeper/domain/budget'
import { readBalances } from '@tollkeeper/redis/balances'
import type { Redis } from 'ioredis'
import type { BudgetLimits } from './limits.ts'
import type { Overshoot } from './evidence.ts'

/** Looks at every counter while a run goes on. */
export type Watch = { overshoots: Overshoot[]; samples(): number; stop(): Promise<void> }

/** Compares `used + held` of every hard counter with the highest limit it ever had, ten times a second (I3). */
export function startWatch(store: Redis, limits: BudgetLimits): Watch {
  const overshoots: Overshoot[] = []
  const over = new AbortController()
  let samples = 0
  async function look(): Promise<void> {
    for (const { orgId, nodes } of await limits.nodes()) {
      for (const [node, { used, held }] of await readBalances(store, orgId, nodes)) {
        const limit = limits.highest(parseNodeId(node)?.budgetId ?? '')
        samples += 1
        if (limit !== null && used + held > limit) overshoots.push({ atMs: Date.now(), node, used, held, limit })
      }
    }
  }
  async function run(): Promise<void> {
    for await (const _ of setInterval(100, undefined, { signal: over.signal })) {
      // While the store is away there is nothing to see; the next look is as good.
      await look().catch(() => {})
    }
  }
  const running = run().catch(() => {})
  return {
    overshoots,
    samples: () => samples,
    async stop() {
      over.abort()
      await running
    },
  }
}
