import { askBreaker, endCanary, limited, newBreaker, tallied, type BreakerRules } from '@tollkeeper/domain/breaker'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeBreakerStore } from '../../src/breakers.ts'
import { readBreakers } from '../../src/breaker-states.ts'
import { breakerIndexKey, breakerKey } from '../../src/keys.ts'
import { anOrgId } from '../builders.ts'
import { openLedger } from '../ledger.ts'

/** Calls fail and are answered, lately and long ago; canaries are asked for, run out at once or never, and end. */
const step = fc.record({
  act: fc.constantFrom('tally', 'tally', 'tally', 'ask', 'ask', 'end', 'limit'),
  counts: fc.array(fc.record({ age: fc.constantFrom(0, 1, 29, 30, 31), answered: fc.nat(3), failed: fc.nat(3) }), {
    maxLength: 3,
  }),
  owner: fc.constantFrom('a', 'b'),
  end: fc.constantFrom('answered', 'failed', 'unsent'),
  limitMs: fc.constantFrom(-1, 0, 0, 0, 0, 0, 3_600_000),
  // Over when it begins, or far away: nothing here waits.
  cooldownMs: fc.constantFrom(0, 0, 3_600_000),
  canaryMs: fc.constantFrom(0, 3_600_000),
})

it('counts, opens and lets canaries go like the TypeScript rule (breaker_v1)', async () => {
  const { redis } = await openLedger()
  const seen = { closed: 0, canary: 0, wait: 0, trips: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const id = { orgId: anOrgId(), providerId: 'prov_a' as never, credential: 'c1', model: 'a/b' }
      const key = breakerKey(id.orgId, 'prov_a/c1/a%2Fb')
      let state = newBreaker
      for (const { act, counts, owner, end, limitMs, cooldownMs, canaryMs } of steps) {
        const rules: BreakerRules = { failures: 4, windowSeconds: 30, leastPercent: 40, cooldownMs, canaryMs }
        const store = makeBreakerStore(redis, redis, rules)
        if (act === 'tally') {
          const reply = await store.tally(id, counts)
          state = tallied(state, rules, counts, reply.nowMs)
        } else if (act === 'ask') {
          const reply = await store.ask(id, owner)
          const [next, answer] = askBreaker(state, rules, owner, reply.nowMs)
          state = next
          expect(reply.answer).toEqual(answer)
          seen[answer.kind] += 1
        } else if (act === 'end') {
          const reply = await store.end(id, { owner, end })
          state = endCanary(state, rules, { owner, end }, reply.nowMs)
        } else {
          const reply = await store.limit(id, limitMs)
          state = limited(state, limitMs, reply.nowMs)
        }
        const there = await redis.hgetall(key)
        const { opening } = state
        expect([
          there['since'],
          there['until'],
          there['canary'],
          there['canary_until'],
          Number(there['trips'] ?? 0),
          Number(there['limited'] ?? 0),
        ]).toEqual([
          opening?.sinceMs.toString(),
          opening?.untilMs.toString(),
          opening?.canary?.owner,
          opening?.canary?.untilMs.toString(),
          state.trips,
          state.limitedUntilMs,
        ])
        for (const [second, { answered, failed }] of state.tallies)
          expect([there[`a${second}`], there[`f${second}`]]).toEqual([String(answered), String(failed)])
      }
      seen.trips += state.trips
      if (state.trips > 0) {
        const { breakers } = await readBreakers(redis, id.orgId)
        expect(breakers).toMatchObject([{ ...id, trips: state.trips, openedAtMs: state.opening?.sinceMs ?? null }])
        // Another organisation sees nothing of it.
        expect((await readBreakers(redis, anOrgId())).breakers).toEqual([])
      }
      await redis.del(key, breakerIndexKey(id.orgId))
    }),
    { numRuns: 60 },
  )
  expect(Math.min(seen.closed, seen.canary, seen.wait, seen.trips)).toBeGreaterThan(20)
})
