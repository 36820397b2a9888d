import { describe, expect, it } from 'vitest'
import type { BreakerReply, BreakerStore } from '@tollkeeper/redis/breakers'
import { makeBreakers } from '../../src/breakers/breakers.ts'

const rules = { failures: 5, windowSeconds: 30, leastPercent: 50, cooldownMs: 60_000, canaryMs: 30_000 }
const id = { orgId: 'org_a' as never, providerId: 'prov_a' as never, credential: 'c', model: 'm' }
const call = { owner: 'a', isCanary: false }
const ill = { provider: 'ill', limitedMs: 0 } as const
const well = { provider: 'well', limitedMs: 0 } as const

/** Breakers of a process whose store answers what the test says, with a clock that the test sets. */
function process(answer: () => Promise<BreakerReply>) {
  const clock = { now: 1_000_000 }
  const asked: unknown[] = []
  const ask = (name: string) => async (_: unknown, what: unknown) => {
    asked.push([name, what])
    return answer()
  }
  const store: BreakerStore = {
    tally: ask('tally'),
    ask: ask('ask'),
    end: ask('end'),
    limit: ask('limit'),
    onChange: async () => {},
  }
  const breakers = makeBreakers({
    store,
    rules,
    isAway: () => true,
    onDefect: (error) => {
      throw error
    },
    onChange: () => {},
    storeNow: () => clock.now,
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { breakers, clock, asked, settled }
}

describe('breakers of a process', () => {
  it('ask the store nothing while calls are answered, and tell it of the first failure with what was answered', async () => {
    const state = { opening: null, limitedUntilMs: 0, trips: 0 }
    const { breakers, clock, asked, settled } = process(async () => ({ state, answer: { kind: 'closed' }, nowMs: 0 }))
    for (let i = 0; i < 3; i += 1) {
      expect(breakers.ask(id, 'a')).toEqual({ kind: 'closed' })
      breakers.ended(id, call, well)
      clock.now += 1_000
    }
    expect(asked).toEqual([])
    breakers.ended(id, call, ill)
    await settled()
    expect(asked).toEqual([
      [
        'tally',
        [
          { age: 3, answered: 1, failed: 0 },
          { age: 2, answered: 1, failed: 0 },
          { age: 1, answered: 1, failed: 0 },
          { age: 0, answered: 0, failed: 1 },
        ],
      ],
    ])
  })

  it('go by what they saw themselves while the store is away', async () => {
    const { breakers, clock, settled } = process(() => Promise.reject(new Error('away')))
    for (let i = 0; i < 5; i += 1) breakers.ended(id, call, ill)
    await settled()
    expect(breakers.ask(id, 'a')).toEqual({ kind: 'wait', ms: 60_000, limited: false })
    clock.now += 60_000
    expect(await breakers.ask(id, 'a')).toEqual({ kind: 'canary' })
    expect(await breakers.ask(id, 'b')).toEqual({ kind: 'wait', ms: 30_000, limited: false })
    breakers.ended(id, { owner: 'a', isCanary: true }, well)
    expect(breakers.ask(id, 'b')).toEqual({ kind: 'closed' })
  })

  it('stay open when the store has yet to hear of what opened them', async () => {
    const state = { opening: null, limitedUntilMs: 0, trips: 0 }
    let answers: ((reply: BreakerReply) => void)[] = []
    const { breakers, settled } = process(() => new Promise((resolve) => void answers.push(resolve)))
    for (let i = 0; i < 5; i += 1) breakers.ended(id, call, ill)
    await settled()
    // The answer to the first failure alone.
    answers.shift()?.({ state, answer: { kind: 'closed' }, nowMs: 0 })
    await settled()
    expect(breakers.ask(id, 'a')).toMatchObject({ kind: 'wait' })
    // The store knows better once it has heard of all.
    answers.shift()?.({ state, answer: { kind: 'closed' }, nowMs: 0 })
    await settled()
    expect(breakers.ask(id, 'a')).toEqual({ kind: 'closed' })
  })
})
