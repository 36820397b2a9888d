import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aModel, aPolicy, aProvider } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

async function withBudget(limit: string) {
  const policy = aPolicy(world.simulator.url)
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, limit))
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, key }
}

describe('the cap that the provider is told', () => {
  it('is the default of the organisation when the caller names none', async () => {
    const { key } = await withBudget('5')
    const answer = await ask(world.url, key, says('Hi'))
    expect((await world.simulator.calls())[0]).toMatchObject({ maxCompletionTokens: 4_096, maxTokens: null })
    expect(answer.headers.get('x-gateway-max-tokens-clamped')).toBeNull()
  })

  it('is the one that the caller named, in the field the provider knows', async () => {
    const { key } = await withBudget('5')
    await ask(world.url, key, says('Hi', { max_tokens: 17 }))
    expect((await world.simulator.calls())[0]).toMatchObject({ maxCompletionTokens: 17, maxTokens: null })
  })

  it('is never more than what the hold pays, even for the dearest answer', async () => {
    // 14 input tokens at 150 nano leave exactly 500 output tokens at 600 nano.
    const { policy, key } = await withBudget('0.0003021')
    const answer = await ask(world.url, key, says('Hi [[sim:worst]]'))
    expect(answer.status).toBe(200)
    expect(answer.body.choices[0].finish_reason).toBe('length')
    expect(answer.headers.get('x-gateway-max-tokens-clamped')).toBe('500')
    expect((await world.simulator.calls())[0]).toMatchObject({
      maxCompletionTokens: 500,
      completionTokens: 500,
      promptTokens: 14,
      billedNano: '302100',
    })
    expect(Object.values(await world.balances(policy))).toMatchObject([{ used: 302_100n, held: 0n }])
    expect(answer.headers.get('x-gateway-budget-remaining-usd')).toBe('0.000000000')
    expect((await ask(world.url, key, says('Hi'))).status).toBe(402)
  })

  it('shares what is left among the choices', async () => {
    // 14 × 150 + 2 × 400 × 600 nano
    const { key } = await withBudget('0.0004821')
    const answer = await ask(world.url, key, says('Hi [[sim:worst]]', { n: 2, max_tokens: 1_000 }))
    expect(answer.headers.get('x-gateway-max-tokens-clamped')).toBe('400')
    expect((await world.simulator.calls())[0]).toMatchObject({ n: 2, maxCompletionTokens: 400, billedNano: '482100' })
  })

  it('is refused above the maximum of the model', async () => {
    const { key } = await withBudget('5')
    const answer = await ask(world.url, key, says('Hi', { max_completion_tokens: 16_385 }))
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ param: 'max_completion_tokens', type: 'invalid_request_error' })
  })

  it('leaves room for the prompt in the context window', async () => {
    const provider = aProvider(world.simulator.url)
    const models = [aModel(provider, 'gpt-4o-mini', { contextWindow: 1_000 })]
    const policy = aPolicy(world.simulator.url, { providers: [provider], models })
    const key = aKey(policy)
    await world.publish(policy, key)
    await ask(world.url, key, says('Hi'))
    expect((await world.simulator.calls())[0]).toMatchObject({ promptTokens: 8, maxCompletionTokens: 992 })
    const tooLong = await ask(world.url, key, says('Hi '.repeat(1_000)))
    expect(tooLong.status).toBe(400)
    expect(tooLong.body.error).toMatchObject({ code: 'context_length_exceeded', param: 'messages' })
    expect(tooLong.body.error.message).toContain('maximum context length is 1000 tokens')
  })
})

describe('a model without a price', () => {
  it('is refused under a hard budget, with the way to add one', async () => {
    const { key } = await withBudget('5')
    const answer = await ask(world.url, key, says('Hi', { model: 'sim-unpriced' }))
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ param: 'model', code: 'model_unpriced' })
    expect(answer.body.error.message).toContain('Add a price in the console')
    expect(await world.simulator.calls()).toEqual([])
  })

  it('is charged at the dearest price of the organisation where no budget is hard, never 0', async () => {
    const policy = aPolicy(world.simulator.url)
    const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5', { mode: 'soft' })
    policy.budgets.push(budget)
    const key = aKey(policy)
    await world.publish(policy, key)
    const answer = await ask(world.url, key, says('Hi [[sim:tokens=10]]', { model: 'sim-unpriced' }))
    expect(answer.status).toBe(200)
    // 15 × 2,500 + 10 × 10,000 nano: the prices of gpt-4o.
    expect(answer.headers.get('x-gateway-cost-usd')).toBe('0.000137500')
    expect(answer.headers.get('x-gateway-price-version')).toBe('ceiling:test:2.5/10')
    expect((await world.balances(policy))[budget.id]).toMatchObject({ used: 137_500n, held: 0n })
  })
})
