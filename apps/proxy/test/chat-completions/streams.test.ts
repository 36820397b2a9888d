import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { usdText } from '@tollkeeper/domain/price'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { says } from '../world/ask.ts'
import { askStream, chunksOf, textOf } from '../world/stream.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

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

describe('a stream', () => {
  it('arrives word by word, ends with [DONE], and is charged what the provider bills', async () => {
    const { policy, budget, key } = await team()
    const stream = await askStream(world.url, key, says('Hello [[sim:say=one two three four]]'))
    expect(stream.status).toBe(200)
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(stream.headers.get('x-accel-buffering')).toBe('no')
    expect(stream.headers.get('x-gateway-model')).toBe('gpt-4o-mini')
    expect(stream.headers.get('x-gateway-estimate-usd')).toMatch(/^0\.00\d{7}$/)

    const events = await stream.rest()
    const chunks = chunksOf(events)
    expect(textOf(chunks)).toBe('one two three four')
    expect(events.at(-1)).toBe('data: [DONE]')
    expect(chunks.filter((chunk) => chunk.usage || chunk.choices.length === 0)).toEqual([])

    // Settled before [DONE] was released: the counters are right without waiting.
    const [call] = await world.simulator.calls()
    expect(call).toMatchObject({ includeUsage: true, end: 'complete' })
    expect((await world.balances(policy))[budget.id]).toMatchObject({ used: BigInt(call?.billedNano ?? 0), held: 0n })
    expect(events.at(-2)).toBe(`: x-gateway-cost-usd ${usdText(BigInt(call?.billedNano ?? 0))}`)
    const { attempts, requests } = await untilAttempts(world, policy, 1)
    expect(attempts[0]?.result).toMatchObject({ outcome: 'answered', usageSource: 'reported' })
    expect(requests).toMatchObject([{ stream: true, status: 200, failure: null }])
  })

  it('shows usage with its cost to a client that asks for it', async () => {
    const { key } = await team()
    const stream = await askStream(world.url, key, says('Hi', { stream_options: { include_usage: true } }))
    const last = chunksOf(await stream.rest()).at(-1)
    const [call] = await world.simulator.calls()
    expect(last).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: call?.promptTokens,
        completion_tokens: call?.completionTokens,
        cost: usdText(BigInt(call?.billedNano ?? 0)),
      },
    })
  })

  it('that breaks ends in an error the client can see, without [DONE], and is charged by our own count', async () => {
    const { policy, budget, key } = await team()
    const stream = await askStream(world.url, key, says('Hi [[sim:cut=5]] [[sim:tokens=40]]'))
    const events = await stream.rest()
    expect(chunksOf(events).at(-1)?.error).toMatchObject({
      code: 'upstream_unavailable',
      gateway: { source: 'provider:Simulated', reason: 'upstream_broke' },
    })
    expect(events).not.toContain('data: [DONE]')
    const [call] = await world.simulator.calls()
    expect(call).toMatchObject({ end: 'cut', completionTokens: 5 })
    const { attempts, requests } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([
      { amount: BigInt(call?.billedNano ?? 0), result: { outcome: 'stream-broke', usageSource: 'estimated' } },
    ])
    expect(requests).toMatchObject([{ status: 200, failure: 'upstream_broke' }])
    expect((await world.balances(policy))[budget.id]).toMatchObject({ used: attempts[0]?.amount, held: 0n })
  })

  it('with two choices is charged for both', async () => {
    const { policy, key } = await team()
    await (await askStream(world.url, key, says('Hi', { n: 2, max_tokens: 10 }))).rest()
    const [call] = await world.simulator.calls()
    expect(call).toMatchObject({ n: 2, completionTokens: 20 })
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts[0]?.amount).toBe(BigInt(call?.billedNano ?? 0))
  })
})

describe('usage that a provider lies about', () => {
  it.each(['missing', 'zero'])('%s: our own count is charged', async (lie) => {
    const { policy, key } = await team()
    const stream = await askStream(world.url, key, says(`Hi [[sim:usage=${lie}]] [[sim:say=one two three]]`))
    expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
    const [call] = await world.simulator.calls()
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ amount: BigInt(call?.billedNano ?? 0), result: { usageSource: 'estimated' } }])
  })

  it.each(['negative', 'huge'])('%s: the hold is charged', async (lie) => {
    const { policy, key } = await team()
    const stream = await askStream(world.url, key, says(`Hi [[sim:usage=${lie}]]`, { max_tokens: 20 }))
    expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ result: { usageSource: 'estimated' } }])
    expect(attempts[0]?.amount).toBe(attempts[0]?.hold)
  })

  it('twice: it is charged once', async () => {
    const { policy, key } = await team()
    await (await askStream(world.url, key, says('Hi [[sim:usage=twice]]'))).rest()
    const [call] = await world.simulator.calls()
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ amount: BigInt(call?.billedNano ?? 0), result: { usageSource: 'reported' } }])
  })
})
