import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({
    env: { UPSTREAM_FIRST_BYTE_MS: '400', UPSTREAM_WHOLE_MS: '400', UPSTREAM_IDLE_MS: '400' },
  })
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

async function team() {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, key, charged: async () => (await world.balances(policy))[budget.id] }
}

/** Sends all, ten at a time. */
async function send(key: ReturnType<typeof aKey>, texts: readonly string[], stream = false): Promise<number[]> {
  const statuses: number[] = []
  const left = [...texts]
  const one = async () => {
    for (let text = left.shift(); text !== undefined; text = left.shift())
      statuses.push((await ask(world.url, key, says(text, { stream, max_tokens: 60 }))).status)
  }
  await Promise.all(Array.from({ length: 10 }, one))
  return statuses
}

const openHolds = async () =>
  /^gateway_open_holds (\d+)$/m.exec(await (await fetch(`${world.url}/metrics`)).text())?.[1]

describe('a provider of which 30 of 100 calls fail', () => {
  it.each(['500', '502', '503', '529', '429;retry-after=0', '429'])(
    'with %s is asked at most a tenth more often, and every call is in the ledger at what it was billed',
    async (mark) => {
      const { policy, key, charged } = await team()
      // What is asked again carries the same mark, so it fails again. Of the last 80 requests, 3 of 8 do.
      const isFailing = (i: number) => i >= 20 && i % 8 < 3
      const texts = Array.from({ length: 100 }, (_, i) => (isFailing(i) ? `Hi ${i} [[sim:status=${mark}]]` : `Hi ${i}`))
      const statuses = await send(key, texts)
      expect(statuses.filter((status) => status === 200)).toHaveLength(70)
      const calls = await world.simulator.calls()
      // Two to begin with.
      expect(calls.length).toBeLessThanOrEqual(112)
      const { attempts, requests } = await untilAttempts(world, policy, calls.length)
      expect(attempts).toHaveLength(calls.length)
      expect(new Set<string | null>(attempts.map(({ attemptId }) => attemptId))).toEqual(
        new Set(calls.map((call) => call.receivedRequestId)),
      )
      expect(requests).toHaveLength(100)
      const billed = BigInt((await world.simulator.totals()).billedNano)
      expect(attempts.reduce((sum, { amount }) => sum + amount, 0n)).toBe(billed)
      expect(await charged()).toMatchObject({ used: billed, held: 0n })
      expect(await openHolds()).toBe('0')
    },
    60_000,
  )
})

describe('a provider that takes calls and says nothing', () => {
  it.each([false, true])('charges each once, as held, and gives every place back (stream: %s)', async (stream) => {
    const { policy, key, charged } = await team()
    const statuses = await send(
      key,
      Array.from({ length: 12 }, (_, i) => `Hi ${i} [[sim:hang]]`),
      stream,
    )
    // The first ones run into the time-out, the others find the breaker open.
    expect(new Set(statuses)).toEqual(new Set([504, 503]))
    const sent = statuses.filter((status) => status === 504).length
    const { attempts } = await untilAttempts(world, policy, sent)
    expect(attempts).toHaveLength(sent)
    expect(attempts.every(({ amount, hold, result }) => amount === hold && result.outcome === 'unknown')).toBe(true)
    const used = attempts.reduce((sum, { amount }) => sum + amount, 0n)
    expect(await charged()).toMatchObject({ used, held: 0n })
    await until(async () => (await openHolds()) === '0' || undefined, {
      within: 5_000,
      what: 'every hold to be closed',
    })
  })
})
