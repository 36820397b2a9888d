import type { Redis } from 'ioredis'
import { z } from 'zod'
import { reachable } from './connection.ts'
import { confirmationAnswerKey, confirmationAsksKey } from './keys.ts'

/** A proxy that wants to know which of some events are in the ledger. */
export type Ask = { instance: string; eventIds: readonly string[] }

const ids = z.array(z.string().max(300)).max(5_000)
const answerShape = z.object({ asked: ids, found: ids })

/** An answer that nobody fetches, and a question of a proxy that is gone. */
const livesMs = 60_000

/**
 * Proxies do not talk to Postgres. What they must know of it, namely whether a charge that is in their journal is in the
 * ledger too, they ask here, and a worker answers.
 */
export type Confirmations = {
  /** Asks anew; replaces what this instance asked before. */
  ask: (ask: Ask) => Promise<void>
  /** What is known of exactly these events; undefined while nobody has answered. */
  answerTo: (ask: Ask) => Promise<ReadonlySet<string> | undefined>
  /** Questions without an answer. */
  asks: () => Promise<Ask[]>
  answer: (ask: Ask, found: readonly string[]) => Promise<void>
}

export function makeConfirmations(redis: Redis): Confirmations {
  return {
    async ask({ instance, eventIds }) {
      await reachable(
        redis
          .multi()
          .hset(confirmationAsksKey, instance, JSON.stringify(eventIds))
          .pexpire(confirmationAsksKey, livesMs)
          .exec(),
      )
    },
    async answerTo({ instance, eventIds }) {
      const text = await reachable(redis.get(confirmationAnswerKey(instance)))
      const answer = text === null ? undefined : answerShape.safeParse(JSON.parse(text)).data
      if (answer?.asked.join(' ') !== eventIds.join(' ')) return undefined
      return new Set(answer.found)
    },
    async asks() {
      const fields = await reachable(redis.hgetall(confirmationAsksKey))
      return Object.entries(fields).flatMap(([instance, text]) => {
        const eventIds = ids.safeParse(JSON.parse(text)).data
        return eventIds ? [{ instance, eventIds }] : []
      })
    },
    async answer({ instance, eventIds }, found) {
      const text = JSON.stringify({ asked: eventIds, found })
      await reachable(redis.set(confirmationAnswerKey(instance), text, 'PX', livesMs))
      await reachable(redis.hdel(confirmationAsksKey, instance))
    },
  }
}
