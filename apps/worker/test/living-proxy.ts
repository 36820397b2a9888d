import type { Hold } from '@tollkeeper/redis/budgets'
import { makePresence } from '@tollkeeper/redis/presence'
import { shardOf } from '@tollkeeper/redis/shards'
import type { Redis } from 'ioredis'

/** Says that a proxy lives and tells rebuilds of its open holds, as a proxy does; until `die()`. */
export function aLivingProxy(redis: Redis, name: string) {
  const presence = makePresence(redis, name)
  const open = new Map<string, Hold>()
  const answered = new Set<string>()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    void round()
      .catch(() => {})
      .finally(() => void (busy = false))
  }, 100)

  async function round(): Promise<void> {
    for (const rebuild of await presence.beat()) {
      const id = `${rebuild.shard} ${rebuild.epoch}`
      if (answered.has(id)) continue
      const holds = [...open.values()].filter(({ orgId }) => shardOf(orgId) === rebuild.shard)
      await Promise.all(holds.map((hold) => presence.register(rebuild.epoch, hold)))
      await presence.answer(rebuild)
      answered.add(id)
    }
  }
  return { open, die: () => clearInterval(timer) }
}
