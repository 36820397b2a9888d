import type { Hold } from '@tollkeeper/redis/budgets'
import type { Presence, Rebuild } from '@tollkeeper/redis/presence'
import type { Shard } from '@tollkeeper/redis/shards'
import { setImmediate as turn } from 'node:timers/promises'

/** Says that this process lives, and tells rebuilds of its open holds. */
export type Attendance = { stop: () => Promise<void> }

export type AttendanceDeps = {
  presence: Presence
  /** Holds of a shard that this process keeps open. */
  openHolds: (shard: Shard) => readonly Hold[]
  /** Hears of holds that were told. */
  onTold: (rebuild: Rebuild, holds: number) => void
  isAway: (error: unknown) => boolean
  onDefect: (error: unknown) => void
  everyMs: number
}

/**
 * A shard that lost its data is closed until every proxy that lives has told which holds it still has open
 * (money.md 4.7): those run on at providers, whatever the store remembers.
 */
export function makeAttendance(deps: AttendanceDeps): Attendance {
  const { presence } = deps
  /** The rebuild that was last answered, of each shard. */
  const answered = new Map<Shard, number>()
  let busy = false
  const timer = setInterval(() => void beat(), deps.everyMs)
  timer.unref()

  async function beat(): Promise<void> {
    if (busy) return
    busy = true
    try {
      for (const rebuild of await presence.beat()) {
        if (answered.get(rebuild.shard) !== rebuild.epoch) await tell(rebuild)
      }
    } catch (error) {
      // The next beat tries again, and a rebuild waits for it.
      if (!deps.isAway(error)) deps.onDefect(error)
    } finally {
      busy = false
    }
  }

  async function tell(rebuild: Rebuild): Promise<void> {
    // Holds that were answered before this beat was are noted by the end of this turn; later ones are fenced.
    await turn()
    const holds = deps.openHolds(rebuild.shard)
    await Promise.all(holds.map((hold) => presence.register(rebuild.epoch, hold)))
    await presence.answer(rebuild)
    answered.set(rebuild.shard, rebuild.epoch)
    deps.onTold(rebuild, holds.length)
  }

  return {
    async stop() {
      clearInterval(timer)
      await presence.leave().catch(() => {})
    },
  }
}
