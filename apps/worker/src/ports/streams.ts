import { readMemory } from '@tollkeeper/redis/memory'
import { behindMs, readLag } from '@tollkeeper/redis/usage-stream'
import type { Redis } from 'ioredis'
import type { watchStreams } from '../jobs/watch-streams.ts'
import type { Log, Observation } from '../observe.ts'

/** What `watch-streams` needs. `redis`: one of the nodes is asked for its policy where there are several. */
export function streamPorts(
  redis: Redis,
  { backlog, oldest, evicting }: Pick<Observation, 'backlog' | 'oldest' | 'evicting'>,
  { entries, log }: { entries: number; log: Log },
): Parameters<typeof watchStreams>[0] {
  let before = { behind: false, evicts: null as string | null }
  return {
    lag: () => readLag(redis),
    async evicts() {
      const { mostBytes, policy } = await readMemory(redis)
      return mostBytes === null || policy === 'noeviction' ? null : policy
    },
    bounds: { entries, oldestMs: behindMs },
    report({ behind, evicts, ...seen }) {
      backlog.set(seen.entries)
      oldest.set((seen.oldestMs ?? 0) / 1_000)
      evicting.set(evicts === null ? 0 : 1)
      if (behind && !before.behind) log.error(seen, 'recording is behind: usage waits in the streams')
      if (!behind && before.behind) log.info(seen, 'recording has caught up')
      if (evicts !== null && evicts !== before.evicts) {
        log.error({ policy: evicts }, 'the store may throw counters away: set maxmemory-policy noeviction')
      }
      before = { behind, evicts }
    },
  }
}
