import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { reachable } from './connection.ts'
import { idempotencyKey } from './keys.ts'

/** Whose word for a request, and the word. */
export type IdempotencyName = { orgId: OrgId; keyId: KeyId; word: string }

const keptAnswer = z.object({
  /** The request that made the answer. */
  requestId: z.string(),
  /** SHA-256 of what it asked. */
  asked: z.string(),
  /** Null while it runs. */
  answer: z.object({ base64: z.string(), costNano: z.string().regex(/^\d{1,18}$/) }).nullable(),
})
/** What is known under a word. */
export type KeptAnswer = z.output<typeof keptAnswer>

export type IdempotencyStore = {
  /** Takes the word for a request that begins; gives what is there when somebody has it. @throws StoreUnavailable */
  claim: (name: IdempotencyName, request: KeptAnswer, forMs: number) => Promise<KeptAnswer | undefined>
  /** Keeps the answer for 24 hours. @throws StoreUnavailable */
  keep: (name: IdempotencyName, kept: KeptAnswer) => Promise<void>
  /** Gives the word back: the request has no answer that could be told again. @throws StoreUnavailable */
  release: (name: IdempotencyName) => Promise<void>
}

const keptMs = 86_400_000

/** Answers by the word that a client chose for its request. Plain commands: nothing here decides about money. */
export function makeIdempotencyStore(redis: Redis): IdempotencyStore {
  const keyOf = ({ orgId, keyId, word }: IdempotencyName) => idempotencyKey(orgId, keyId, word)
  return {
    async claim(name, request, forMs) {
      const there = await reachable(redis.set(keyOf(name), JSON.stringify(request), 'PX', forMs, 'NX', 'GET'))
      return there === null ? undefined : keptAnswer.parse(JSON.parse(there))
    },
    async keep(name, kept) {
      await reachable(redis.set(keyOf(name), JSON.stringify(kept), 'PX', keptMs))
    },
    async release(name) {
      await reachable(redis.del(keyOf(name)))
    },
  }
}
