import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { askStream } from '../world/stream.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ env: { CIRCUIT_BREAKER_ENABLED: 'false' } })
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

async function team(limit = '5') {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, limit)
  policy.budgets.push(budget)
  const key = aKey(policy)
  const charged = async () => (await world.balances(policy))[budget.id]
  await world.publish(policy, key)
  return { policy, key, charged }
}

describe('a provider that fails at first', () => {
  it.each([500, 502, 503, 529, 408, 429])('with %i is asked again, and each attempt is recorded', async (status) => {
    const { policy, key, charged } = await team()
    await world.simulator.behave({ status, statusCalls: 2 })
    const answer = await ask(world.url, key, says('Hi'))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-gateway-attempts')).toBe(
      `simulated:error:${status},simulated:error:${status},simulated:ok`,
    )
    const { attempts, requests } = await untilAttempts(world, policy, 3)
    const request = answer.headers.get('x-request-id')
    expect(attempts.map(({ attemptId }) => attemptId)).toEqual([`${request}.1`, `${request}.2`, `${request}.3`])
    expect(attempts).toMatchObject([{ amount: 0n, result: { status } }, { amount: 0n }, { result: { status: 200 } }])
    // One row for the request, whatever it took.
    expect(requests).toMatchObject([{ status: 200, failure: null, attempts: 3 }])
    expect(requests[0]?.timeline.filter(({ step }) => step === 'pause')).toHaveLength(2)
    const billed = BigInt((await world.simulator.totals()).billedNano)
    expect(await charged()).toMatchObject({ used: billed, held: 0n })
  })

  it('before a stream has begun is asked again', async () => {
    const { policy, key } = await team()
    await world.simulator.behave({ status: 503, statusCalls: 1 })
    const stream = await askStream(world.url, key, says('Hi'))
    expect(stream.headers.get('x-gateway-attempts')).toBe('simulated:error:503,simulated:ok')
    expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
    const { requests } = await untilAttempts(world, policy, 2)
    expect(requests).toMatchObject([{ status: 200, attempts: 2, stream: true }])
  })
})

describe('a provider that keeps failing', () => {
  it.each([false, true])('is asked three times at most, and the last failure is told (stream: %s)', async (stream) => {
    const { policy, key, charged } = await team()
    const answer = await ask(world.url, key, says('Hi [[sim:status=503;retry-after=0]]', { stream }))
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'upstream_unavailable' } } })
    expect(answer.headers.get('x-gateway-attempts')).toBe('simulated:error:503,simulated:error:503,simulated:error:503')
    const { attempts, requests } = await untilAttempts(world, policy, 3)
    expect(attempts).toHaveLength(3)
    expect(requests).toMatchObject([{ status: 503, failure: 'upstream_unavailable', attempts: 3 }])
    expect(await charged()).toMatchObject({ used: 0n, held: 0n })
    expect(await world.simulator.calls()).toHaveLength(3)
  })

  it('is not asked much more often than it would be without retries', async () => {
    const { key } = await team()
    await world.simulator.behave({ status: 500 })
    for (let request = 0; request < 40; request += 1) await ask(world.url, key, says('Hi'))
    // 2 retries to begin with, and one for each ten requests.
    expect((await world.simulator.totals()).calls).toBe(46)
  })
})

describe('an attempt of which nobody knows whether it is billed', () => {
  it('is charged as held, and not made again', async () => {
    const { policy, key } = await team()
    expect((await ask(world.url, key, says('Hi [[sim:cut=0]]', { max_tokens: 50 }))).status).toBe(503)
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ result: { outcome: 'unknown', usageSource: 'held' } }])
    expect(await world.simulator.calls()).toHaveLength(1)
  })
})

describe('a deadline', () => {
  const within = (ms: string) => ({ 'X-Gateway-Deadline-Ms': ms })

  it('of the caller ends a call that takes longer, which is charged as held', async () => {
    const { policy, key } = await team()
    const answer = await ask(world.url, key, says('Hi [[sim:hang]]', { max_tokens: 50 }), within('150'))
    expect(answer).toMatchObject({ status: 504, body: { error: { code: 'timeout' } } })
    expect(answer.headers.get('x-gateway-attempts')).toBe('simulated:error:timeout')
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ result: { outcome: 'unknown', usageSource: 'held' } }])
  })

  it('keeps a request from waiting for a provider that asks for a longer pause', async () => {
    const { key } = await team()
    const answer = await ask(world.url, key, says('Hi [[sim:status=429;retry-after=2]]'), within('1500'))
    expect(answer.status).toBe(429)
    expect(await world.simulator.calls()).toHaveLength(1)
  })

  it('ends a stream in an error that the client can see', async () => {
    const { policy, key } = await team()
    const body = { ...says('Hi [[sim:tokens=100]] [[sim:tps=5]]', { stream: true }), max_tokens: 100 }
    const answer = await ask(world.url, key, body, within('600'))
    expect(answer.text).toContain('"code":"timeout"')
    expect(answer.text).not.toContain('[DONE]')
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ result: { outcome: 'stream-broke', usageSource: 'estimated' } }])
  })

  it.each(['0', '-5', 'soon', '1.5'])('of "%s" is refused before anything is sent', async (text) => {
    const { key } = await team()
    const answer = await ask(world.url, key, says('Hi'), within(text))
    expect(answer).toMatchObject({ status: 400, body: { error: { param: 'X-Gateway-Deadline-Ms' } } })
    expect(await world.simulator.calls()).toHaveLength(0)
  })
})
