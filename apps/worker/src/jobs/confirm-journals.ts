import type { Ask } from '@tollkeeper/redis/confirmations'
import { defineJob } from '../job.ts'

type Ports = {
  /** What proxies want to know. */
  asks: () => Promise<readonly Ask[]>
  /** Which of some events are in the ledger. */
  recorded: (eventIds: readonly string[]) => Promise<readonly string[]>
  answer: (ask: Ask, found: readonly string[]) => Promise<void>
}

/** Tells proxies which charges of their journals are in the ledger: only those may leave their disks (money.md 4.5). */
export const confirmJournals = defineJob<Ports>({
  name: 'confirm-journals',
  run: async ({ asks, recorded, answer }) => {
    let asked = 0
    for (const ask of await asks()) {
      await answer(ask, await recorded(ask.eventIds))
      asked += ask.eventIds.length
    }
    return { asked }
  },
})
