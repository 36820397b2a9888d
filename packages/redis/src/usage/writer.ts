import type { RequestEvent } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { reachable } from '../connection.ts'
import { usageStreamKey } from '../keys.ts'
import { shardOf } from '../shards.ts'

export type UsageWriter = {
  /** Takes the row of a request. Written within 20 ms; kept and tried again while Redis is away. */
  request: (event: RequestEvent) => void
  /** Writes what was taken. @throws StoreUnavailable when it could not; the events are then still kept. */
  flush: () => Promise<void>
  /** How many rows were given up because Redis was away for too long. Money is not in them; the settle script has that. */
  readonly dropped: number
}

const gatherMs = 20
const retryMs = 500
const most = 20_000

export function makeUsageWriter(redis: Redis): UsageWriter {
  let waiting: RequestEvent[] = []
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()
  let dropped = 0

  function writeIn(ms: number): void {
    timer ??= setTimeout(() => {
      timer = undefined
      flush().catch(() => writeIn(retryMs))
    }, ms)
  }

  async function write(): Promise<void> {
    const events = waiting
    waiting = []
    const calls = events.map((event) =>
      reachable(
        redis.xadd(usageStreamKey(shardOf(event.scopes.orgId)), '*', 't', 'request', 'e', JSON.stringify(event)),
      ),
    )
    const results = await Promise.allSettled(calls)
    // One whose answer was lost is written twice; the request's id is its key in Postgres, so it counts once.
    const failed = events.filter((_event, i) => results[i]?.status === 'rejected')
    waiting = [...failed, ...waiting]
    if (waiting.length > most) {
      dropped += waiting.length - most
      waiting = waiting.slice(-most)
    }
    const first = results.find((result) => result.status === 'rejected')
    if (first) throw first.reason
  }

  function flush(): Promise<void> {
    const done = writing.then(write)
    writing = done.catch(() => {})
    return done
  }

  return {
    request(event) {
      waiting.push(event)
      writeIn(gatherMs)
    },
    flush,
    get dropped() {
      return dropped
    },
  }
}
