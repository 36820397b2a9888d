import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { says } from '../world/ask.ts'
import { chatBytes, openRaw } from '../world/raw.ts'
import { startWorld, untilAttempts, type RunningProxy, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

async function team() {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, budget, key }
}

/** Asks for a stream on a socket and destroys it when `bytes` of the answer have arrived. */
async function leaveAfter(url: string, secret: string, bytes: number, body: object): Promise<void> {
  const raw = await openRaw(url)
  raw.socket.write(chatBytes(url, secret, body))
  await until(() => Buffer.byteLength(raw.received()) >= bytes, { within: 5_000, every: 1, what: `${bytes} bytes` })
  raw.socket.destroy()
}

describe('a client that leaves', () => {
  it.each([1, 200, 900, 1_500, 3_000, 6_000])(
    'after %i bytes of a stream is charged what the provider bills for all of it',
    async (bytes) => {
      const { policy, budget, key } = await team()
      const body = says('Hi [[sim:tokens=60]] [[sim:tps=400]]', { stream: true })
      await leaveAfter(world.url, key.secret, bytes, body)

      const { attempts, requests } = await untilAttempts(world, policy, 1)
      const [call] = await world.simulator.calls()
      expect(call).toMatchObject({ end: 'complete', completionTokens: 60 })
      expect(attempts).toMatchObject([
        { amount: BigInt(call?.billedNano ?? 0), result: { outcome: 'client-left', usageSource: 'reported' } },
      ])
      expect(requests).toMatchObject([{ status: 499, failure: null, stream: true }])
      expect((await world.balances(policy))[budget.id]).toMatchObject({ used: attempts[0]?.amount, held: 0n })
    },
  )

  it('while a whole answer is written is charged for it', async () => {
    const { policy, key } = await team()
    const raw = await openRaw(world.url)
    raw.socket.write(chatBytes(world.url, key.secret, says('Hi [[sim:slow=300]]')))
    await until(async () => (await world.simulator.totals()).open === 1, { within: 2_000 })
    raw.socket.destroy()
    const { attempts, requests } = await untilAttempts(world, policy, 1)
    const [call] = await world.simulator.calls()
    expect(call).toMatchObject({ end: 'complete' })
    expect(attempts).toMatchObject([{ amount: BigInt(call?.billedNano ?? 0), result: { outcome: 'client-left' } }])
    expect(requests).toMatchObject([{ status: 499 }])
  })

  it('is not waited for when too many have left already: the provider is cut and our own count charged', async () => {
    const few: RunningProxy = await world.startProxy({ DRAIN_LIMIT: '0' })
    const { policy, budget, key } = await team()
    await leaveAfter(few.url, key.secret, 1_500, says('Hi [[sim:tokens=500]] [[sim:tps=100]]', { stream: true }))
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ result: { outcome: 'client-left', usageSource: 'estimated' } }])
    await until(async () => (await world.simulator.calls()).length === 1, { within: 2_000 })
    expect((await world.simulator.calls())[0]).toMatchObject({ end: 'client-left' })
    expect(attempts[0]?.amount).toBeGreaterThan(0n)
    expect(attempts[0]?.amount).toBeLessThan(attempts[0]?.hold ?? 0n)
    expect((await world.balances(policy))[budget.id]).toMatchObject({ used: attempts[0]?.amount, held: 0n })
  })
})

describe('a client that does not read', () => {
  it('slows the provider down instead of filling our memory, and gets everything when it reads on', async () => {
    const { policy, key } = await team()
    const raw = await openRaw(world.url)
    raw.socket.pause()
    const body = says('Hi [[sim:worst]]', { stream: true, max_tokens: 16_384 })
    raw.socket.write(chatBytes(world.url, key.secret, body))
    // 16,384 events of 200 bytes do not fit into the buffers between: the call stays open.
    await until(async () => (await world.simulator.totals()).open === 1, { within: 2_000 })
    const before = process.memoryUsage().rss
    await until(async () => (await stable(() => raw.socket.bytesRead)) && (await world.simulator.totals()).open === 1, {
      within: 5_000,
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1_048_576)
    raw.socket.resume()
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts[0]?.result.tokens.outputText).toBe(16_384)
    await until(() => raw.received().includes('data: [DONE]'), { within: 5_000 })
    raw.socket.destroy()
  })
})

/** Whether a number stays the same for a while. */
async function stable(read: () => number): Promise<boolean> {
  const before = read()
  await new Promise((resolve) => setTimeout(resolve, 100))
  return read() === before
}
