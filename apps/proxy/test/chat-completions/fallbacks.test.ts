import { startSimulator } from '@tollkeeper/simulator'
import { aBudget, aKey, aModel, aPolicy, aProvider, perMillion } from '@tollkeeper/testbed/builders'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, says } from '../world/ask.ts'
import { askStream } from '../world/stream.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
let second: Awaited<ReturnType<typeof startSimulator>>
beforeAll(async () => {
  second = await startSimulator()
  world = await startWorld({ env: { UPSTREAM_FIRST_BYTE_MS: '400', UPSTREAM_WHOLE_MS: '400' } })
})
beforeEach(async () => {
  await world.simulator.reset()
  await fetch(`${second.url}/__sim/reset`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
})
afterAll(async () => {
  await world.stop()
  await second.stop()
})

type SecondTotals = { calls: number; billedNano: string }
const secondTotals = async () => (await (await fetch(`${second.url}/__sim/totals`)).json()) as SecondTotals

/** For gpt-4o-mini at the first provider: gpt-4o at the second, then a local model for $0. */
async function team(options: { limit?: string; allowed?: string[]; local?: boolean } = {}) {
  const first = aProvider(world.simulator.url, { name: 'First' })
  const other = aProvider(second.url, { name: 'Second' })
  const local = aProvider(second.url, { name: 'Local', kind: 'ollama' })
  const models = [
    aModel(first),
    aModel(other, 'gpt-4o'),
    aModel(local, 'llama', { upstreamName: 'gpt-4o-mini', price: perMillion('0', '0'), encoding: 'bytes' }),
  ]
  const standIns = options.local === false ? ['gpt-4o'] : ['gpt-4o', 'llama']
  const fallbacks = [{ model: 'gpt-4o-mini', standIns }]
  const policy = aPolicy(world.simulator.url, { providers: [first, other, local], models, fallbacks })
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, options.limit ?? '5')
  policy.budgets.push(budget)
  const key = aKey(policy, { allowedModels: options.allowed ?? null })
  await world.publish(policy, key)
  return { policy, key, charged: async () => (await world.balances(policy))[budget.id] }
}

/** Refused with a status that is not retried but fallen back from. */
const down = says('Hi [[sim:status=402]]')

describe('a chain of models', () => {
  it('answers when the provider of the first is out, each attempt at its own price and with its own hold', async () => {
    const { policy, key, charged } = await team()
    await world.simulator.behave({ outage: true })
    const answer = await ask(world.url, key, says('Hi'))
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-gateway-model': 'gpt-4o',
      'x-gateway-provider': 'Second',
      'x-gateway-fallback': 'true',
      'x-gateway-attempts': 'first:error:503,first:error:503,first:error:503,second:ok',
      'x-gateway-price-version': 'test:2.5/10',
    })
    const billed = BigInt((await secondTotals()).billedNano)
    const { attempts, requests } = await untilAttempts(world, policy, 4)
    expect(attempts.map(({ amount, meta }) => [meta.model, amount])).toEqual([
      ['gpt-4o-mini', 0n],
      ['gpt-4o-mini', 0n],
      ['gpt-4o-mini', 0n],
      ['gpt-4o', billed],
    ])
    expect((attempts[3]?.hold ?? 0n) >= billed).toBe(true)
    expect(requests).toMatchObject([{ status: 200, attempts: 4, modelAsked: 'gpt-4o-mini', modelUsed: 'gpt-4o' }])
    expect(requests[0]?.providerId).toBe(policy.providers[1]?.id)
    expect(await charged()).toMatchObject({ used: billed, held: 0n })
  })

  it('does not ask a provider whose breaker is open, and says so', async () => {
    const { key } = await team()
    await world.simulator.behave({ outage: true })
    for (let i = 0; i < 3; i += 1) expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
    const before = (await world.simulator.totals()).calls
    const answer = await ask(world.url, key, says('Hi'))
    expect(answer.headers.get('x-gateway-attempts')).toBe('first:cb_open,second:ok')
    expect((await world.simulator.totals()).calls).toBe(before)
  })

  it('is not asked while the first provider answers', async () => {
    const { key } = await team()
    const answer = await ask(world.url, key, says('Hi'))
    expect(answer.headers.get('x-gateway-fallback')).toBe('false')
    expect((await secondTotals()).calls).toBe(0)
  })

  it('answers streams as well, before their first byte', async () => {
    const { key } = await team()
    await world.simulator.behave({ status: 503, statusCalls: 3 })
    const stream = await askStream(world.url, key, says('Hi'))
    expect(stream.headers.get('x-gateway-provider')).toBe('Second')
    expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
  })

  it('never goes on after the first byte of a stream', async () => {
    const { policy, key } = await team()
    const stream = await askStream(world.url, key, says('Hi [[sim:cut=3]]'))
    expect((await stream.rest()).at(-1)).toContain('"upstream_unavailable"')
    expect((await secondTotals()).calls).toBe(0)
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ result: { outcome: 'stream-broke' } }])
  })

  it('answers what the first was silent about, which stays charged as held', async () => {
    const { policy, key, charged } = await team()
    await world.simulator.behave({ ttftMs: 3_000 })
    const answer = await ask(world.url, key, says('Hi', { max_tokens: 50 }))
    expect(answer.headers.get('x-gateway-attempts')).toBe('first:error:timeout,second:ok')
    const { attempts } = await untilAttempts(world, policy, 2)
    const billed = BigInt((await secondTotals()).billedNano)
    expect(attempts).toMatchObject([
      { kind: 'provisional', amount: attempts[0]?.hold, result: { outcome: 'unknown' } },
      { kind: 'final', amount: billed },
    ])
    expect(await charged()).toMatchObject({ used: (attempts[0]?.hold ?? 0n) + billed, held: 0n })
  })

  it('goes on to a model for $0 when the next is too dear for what is left', async () => {
    // Enough for the first (20 input, 400 × 600 nano), and not for the second at 16 times its price.
    const { key } = await team({ limit: '0.0005' })
    await world.simulator.behave({ outage: true })
    const answer = await ask(world.url, key, says('Hi', { max_tokens: 400 }))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-gateway-provider')).toBe('Local')
    expect(answer.headers.get('x-gateway-cost-usd')).toBe('0.000000000')
  })

  it('tells the failure of the last provider that was asked, when all fail', async () => {
    const { policy, key, charged } = await team({ local: false })
    // Both refuse for want of money of ours.
    const answer = await ask(world.url, key, down)
    expect(answer.headers.get('x-gateway-attempts')).toBe('first:error:402,second:error:402')
    expect(answer.body.error.gateway).toMatchObject({ source: 'provider:Second' })
    const { attempts, requests } = await untilAttempts(world, policy, 2)
    expect(attempts).toHaveLength(2)
    expect(requests).toMatchObject([{ attempts: 2, modelUsed: 'gpt-4o' }])
    expect(await charged()).toMatchObject({ used: 0n, held: 0n })
  })

  it('is not asked for what is the request’s own fault', async () => {
    const { key } = await team()
    expect((await ask(world.url, key, says('Hi [[sim:status=400]]'))).status).toBe(400)
    expect((await secondTotals()).calls).toBe(0)
  })
})

describe('a model does not stand in', () => {
  const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }
  const schema = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object', properties: {} } } }

  it.each<[string, object]>([
    ['tools', { tools: [tool] }],
    ['a JSON schema', { response_format: schema }],
  ])('where it may not keep %s', async (_, more) => {
    const { key } = await team({ limit: '0.0005' })
    await world.simulator.behave({ outage: true })
    // The second is too dear, and the local one is not known to keep them.
    const answer = await ask(world.url, key, says('Hi', { max_tokens: 400, ...more }))
    expect(answer.status).toBe(503)
    expect((await secondTotals()).calls).toBe(0)
  })

  it('that the key may not use', async () => {
    const { key } = await team({ allowed: ['gpt-4o-mini'] })
    await world.simulator.behave({ outage: true })
    expect((await ask(world.url, key, says('Hi'))).status).toBe(503)
    expect((await secondTotals()).calls).toBe(0)
  })

  it('that writes less than was asked for', async () => {
    const { key, policy } = await team({ local: false })
    for (const model of policy.models) if (model.name === 'gpt-4o') model.maxOutputTokens = 100
    await world.publish({ ...policy, version: 2 })
    await world.simulator.behave({ outage: true })
    expect((await ask(world.url, key, says('Hi', { max_tokens: 400 }))).status).toBe(503)
  })
})
