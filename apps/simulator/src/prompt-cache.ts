import { LRUCache } from 'lru-cache'
import type { CachePrefix } from './call/call-plan.ts'

/** A prompt shorter than this is not cached, as at Anthropic. */
const leastCachedTokens = 1_024

const lifeMs = { '5m': 5 * 60_000, '1h': 60 * 60_000 }

/** Input tokens that were found in the cache, and those that were put there. */
export type CacheUse = { read: number; write5m: number; write1h: number }

/** The beginnings of prompts that each key had cached, each for its time since it was last used. */
export class PromptCache {
  #until = new LRUCache<string, number>({ max: 50_000 })

  /** Reads the longest beginning that is known at that moment (ms), and writes the longer ones. */
  use(key: string, prefixes: readonly CachePrefix[], atMs: number): CacheUse {
    const use: CacheUse = { read: 0, write5m: 0, write1h: 0 }
    const large = prefixes.filter(({ tokens }) => tokens >= leastCachedTokens)
    const known = large.findLast((prefix) => (this.#until.get(`${key}\n${prefix.key}`) ?? 0) > atMs)
    if (known) {
      use.read = known.tokens
      this.#until.set(
        `${key}\n${known.key}`,
        Math.max(atMs + lifeMs[known.ttl ?? '5m'], this.#until.get(`${key}\n${known.key}`) ?? 0),
      )
    }
    let covered = use.read
    for (const prefix of large) {
      if (prefix.ttl === null) continue
      this.#until.set(`${key}\n${prefix.key}`, atMs + lifeMs[prefix.ttl])
      if (prefix.tokens <= covered) continue
      use[prefix.ttl === '1h' ? 'write1h' : 'write5m'] += prefix.tokens - covered
      covered = prefix.tokens
    }
    return use
  }

  /** Forgets everything. */
  reset(): void {
    this.#until.clear()
  }
}
