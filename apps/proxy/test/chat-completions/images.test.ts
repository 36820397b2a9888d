import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aLimit, aPolicy } from '@tollkeeper/testbed/builders'
import { ask } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

const image = (detail?: string) => ({ type: 'image_url', image_url: { url: 'https://example.org/cat.png', detail } })
const looksAt = (text: string, images: object[], more: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: [{ type: 'text', text }, ...images] }],
  ...more,
})

async function withBudget(limit: string, mode: 'hard' | 'soft' = 'hard') {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, limit, { mode })
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, budget, key }
}

describe('an image', () => {
  it('is held at the largest that the model takes and charged at what it took', async () => {
    const { policy, budget, key } = await withBudget('5')
    const answer = await ask(world.url, key, looksAt('Hi [[sim:tokens=10]]', [image()], { max_tokens: 10 }))
    expect(answer.status).toBe(200)
    // 15 of text and 25,501 for 1,024 × 1,024, at 150 nano; 10 written at 600.
    const [call] = await world.simulator.calls()
    expect(call).toMatchObject({ promptTokens: 25_516, billedNano: '3833400' })
    expect((await world.balances(policy))[budget.id]).toMatchObject({ used: 3_833_400n, held: 0n })
    const { attempts } = await world.usage(policy)
    // 48,169 at most.
    expect(attempts[0]?.hold).toBeGreaterThanOrEqual(BigInt(48_169 + 15) * 150n + 10n * 600n)
  })

  it('is never charged more than its hold, however large it is', async () => {
    const { policy, key } = await withBudget('5')
    for (const images of [[image('high')], [image('low'), image('low')], [image(), image('low'), image('high')]]) {
      await ask(world.url, key, looksAt('Hi [[sim:worst]]', images, { max_tokens: 50 }))
    }
    const { attempts } = await world.usage(policy)
    const calls = await world.simulator.calls()
    expect(attempts.map(({ amount }) => String(amount))).toEqual(calls.map(({ billedNano }) => billedNano))
    expect(attempts.filter(({ amount, hold }) => amount > hold)).toEqual([])
  })

  it('is refused before anything is sent when its largest size does not fit', async () => {
    // 15 × 150 + 25,501 × 150 + 256 × 600 nano would do for what it takes, 48,169 × 150 more would be needed for the largest.
    const { key } = await withBudget('0.004')
    const answer = await ask(world.url, key, looksAt('Hi', [image()]))
    expect(answer.status).toBe(402)
    expect(await world.simulator.calls()).toEqual([])
    // Of low detail it takes 2,833.
    expect((await ask(world.url, key, looksAt('Hi', [image('low')]))).status).toBe(200)
  })

  it('is refused under a hard budget for a model of which nobody states what an image costs', async () => {
    const priced = { name: 'looks', upstreamName: 'gpt-4o', imageTokens: null }
    const { policy, budget, key } = await withBudget('5')
    const [model] = policy.models
    if (!model) throw new Error('no model')
    policy.models.push({ ...model, ...priced })
    await world.publish({ ...policy, version: 2 }, key)
    const refused = await ask(world.url, key, looksAt('Hi', [image()], { model: 'looks' }))
    expect(refused.status).toBe(400)
    expect(refused.body.error).toMatchObject({ code: 'unsupported_parameter', param: 'messages' })
    expect(refused.body.error.message).toContain('a budget must not be exceeded')
    expect(await world.simulator.calls()).toEqual([])
    await world.publish({ ...policy, version: 3, budgets: [{ ...budget, mode: 'soft', version: 3 }] }, key)
    expect((await ask(world.url, key, looksAt('Hi', [image()], { model: 'looks' }))).status).toBe(200)
  })
})

describe('tokens that a caller announces', () => {
  const limited = async (tokensPerMinute: number) => {
    const policy = aPolicy(world.simulator.url)
    policy.rateLimits.push(aLimit({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, { tokensPerMinute }))
    const key = aKey(policy)
    await world.publish(policy, key)
    return key
  }

  it('are taken from the limits when they are more than our own estimate, and are not sent on', async () => {
    const key = await limited(1_000)
    const says = looksAt('Hi', [], { max_tokens: 10 })
    expect((await ask(world.url, key, { ...says, requestedTokens: 1_001 })).status).toBe(400)
    expect((await ask(world.url, key, { ...says, requestedTokens: 1_000 })).status).toBe(200)
  })

  it('are ignored when they are less', async () => {
    const key = await limited(1_000)
    const answer = await ask(world.url, key, looksAt('Hi', [], { max_tokens: 2_000, requestedTokens: 1 }))
    // Clamped to what fits, as if nothing had been announced.
    expect(answer.headers.get('x-gateway-max-tokens-clamped')).toBe('992')
  })
})
