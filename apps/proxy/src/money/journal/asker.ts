import { setTimeout as sleep } from 'node:timers/promises'
import type { Confirmations } from '@tollkeeper/redis/confirmations'

/** Asks the ledger, through a worker, which of some events it has. */
export type Asker = {
  /** Undefined when nobody answered in time. */
  whichAreRecorded: (eventIds: readonly string[]) => Promise<ReadonlySet<string> | undefined>
}

/** `instance`: a name nobody else asks by. Only one question at a time is asked by it. */
export function makeAsker(
  confirmations: Pick<Confirmations, 'ask' | 'answerTo'>,
  { instance, patienceMs, pollMs }: { instance: string; patienceMs: number; pollMs: number },
): Asker {
  return {
    async whichAreRecorded(eventIds) {
      const ask = { instance, eventIds }
      try {
        await confirmations.ask(ask)
        for (let waited = 0; waited < patienceMs; waited += pollMs) {
          await sleep(pollMs, undefined, { ref: false })
          const found = await confirmations.answerTo(ask)
          if (found) return found
        }
      } catch {
        // The store is away: there will be another round.
      }
      return undefined
    },
  }
}
