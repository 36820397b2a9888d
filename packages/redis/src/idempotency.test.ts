import type { KeyId } from '@tollkeeper/domain/id'
import { sharedRedis } from '@tollkeeper/testbed/redis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { anOrgId } from '../test/builders.ts'
import { connectRedis, redisReady } from './connection.ts'
import { makeIdempotencyStore } from './idempotency.ts'

let shared: Awaited<ReturnType<typeof sharedRedis>>
let redis: ReturnType<typeof connectRedis>
beforeAll(async () => {
  shared = await sharedRedis()
  redis = connectRedis(shared.url)
  await redisReady(redis)
})
afterAll(async () => {
  redis.disconnect()
  await shared.stop()
})

const running = (requestId: string) => ({ requestId, asked: 'a', answer: null })

it('gives a word to one of many that want it, and tells the others who has it', async () => {
  const store = makeIdempotencyStore(redis)
  const name = { orgId: anOrgId(), keyId: 'key_1' as KeyId, word: 'order-7' }
  const claims = await Promise.all(
    Array.from({ length: 20 }, (_, at) => store.claim(name, running(`req_${at}`), 60_000)),
  )
  const first = claims.findIndex((there) => there === undefined)
  expect(claims.filter((there) => there?.requestId === `req_${first}`)).toHaveLength(19)
  const answer = { base64: 'e30=', costNano: '700' }
  await store.keep(name, { ...running('req_1'), answer })
  expect(await store.claim(name, running('req_2'), 60_000)).toEqual({ ...running('req_1'), answer })
  await store.release(name)
  expect(await store.claim(name, running('req_3'), 60_000)).toBeUndefined()
})

it('knows nothing of the words of another organisation, nor of another key of the same one', async () => {
  const store = makeIdempotencyStore(redis)
  const [acme, globex] = [anOrgId(), anOrgId()]
  const name = { orgId: acme, keyId: 'key_1' as KeyId, word: 'order-7' }
  expect(await store.claim(name, running('req_1'), 60_000)).toBeUndefined()
  expect(await store.claim({ ...name, orgId: globex }, running('req_2'), 60_000)).toBeUndefined()
  expect(await store.claim({ ...name, keyId: 'key_2' as KeyId }, running('req_3'), 60_000)).toBeUndefined()
})
