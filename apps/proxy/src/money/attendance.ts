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
  /**
   * Charges again what a store that lost its data had acknowledged and lost with it. Money that was spent and is in no
   * counter would be spent a second time, so no shard is opened before.
   */
  recount: () => Promise<void>
  /** Hears of holds that were told. */
  onTold: (rebuild: Rebuild, holds: number) => void
  isAway: (error: unknown) => boolean
  onDefect: (error: unknown) => void
  everyMs: number
}

/**
 * A shard that lost its data is closed until every proxy that lives has told which holds it still has open, and brought
 * to its end what only its journal knows (money.md 4.7): the first run on at providers, the second are spent, whatever
 * the store remembers.
 */
export function makeAttendance(deps: AttendanceDeps): Attendance {
  const { presence } = deps
  /** The rebuild that was last answered, of each shard. */
  const answered = new Map<Shard, number>()
  /** Those that are being answered. Meanwhile it goes on to say that it lives: it is waited for. */
  const telling = new Map<Shard, number>()
  let busy = false
  const timer = setInterval(() => void beat(), deps.everyMs)
  timer.unref()

  async function beat(): Promise<void> {
    if (busy) return
    busy = true
    try {
      const asked = await presence.beat()
      const fresh = asked.filter(({ shard, epoch }) => answered.get(shard) !== epoch && telling.get(shard) !== epoch)
      if (fresh.length > 0) void tellAll(fresh)
    } catch (error) {
      // The next beat tries again, and a rebuild waits for it.
      if (!deps.isAway(error)) deps.onDefect(error)
    } finally {
      busy = false
    }
  }

  async function tellAll(rebuilds: readonly Rebuild[]): Promise<void> {
    for (const { shard, epoch } of rebuilds) telling.set(shard, epoch)
    try {
      // Holds that were answered before this beat was are noted by the end of this turn; later ones are fenced.
      await turn()
      const told = rebuilds.map((rebuild) => ({ rebuild, holds: deps.openHolds(rebuild.shard) }))
      for (const { rebuild, holds } of told)
        await Promise.all(holds.map((hold) => presence.register(rebuild.epoch, hold)))
      await deps.recount()
      await Promise.all(rebuilds.map((rebuild) => presence.answer(rebuild)))
      for (const { rebuild, holds } of told) {
        answered.set(rebuild.shard, rebuild.epoch)
        deps.onTold(rebuild, holds.length)
      }
    } catch (error) {
      if (!deps.isAway(error)) deps.onDefect(error)
    } finally {
      for (const { shard, epoch } of rebuilds) if (telling.get(shard) === epoch) telling.delete(shard)
    }
  }

  return {
    async stop() {
      clearInterval(timer)
      await presence.leave().catch(() => {})
    },
  }
}
