import { afterAll, beforeAll, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

it('passes the answer on and charges exactly what the provider bills', async () => {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)

  const answer = await ask(world.url, key, says('Hello world [[sim:say=Good morning]]'))

  expect(answer.status).toBe(200)
  expect(answer.body.choices[0].message.content).toBe('Good morning')
  const [call] = await world.simulator.calls()
  const { prompt_tokens: input, completion_tokens: output } = answer.body.usage
  const nano = BigInt(input) * 150n + BigInt(output) * 600n
  expect(call).toMatchObject({ promptTokens: input, completionTokens: output, billedNano: String(nano) })
  expect((await world.balances(policy))[budget.id]).toMatchObject({ used: nano, held: 0n })
  const { attempts, requests } = await untilAttempts(world, policy, 1)
  expect(attempts).toMatchObject([
    { kind: 'final', amount: nano, result: { outcome: 'answered', usageSource: 'reported', status: 200 } },
  ])
  expect(requests).toMatchObject([{ status: 200, failure: null, attempts: 1, modelUsed: 'gpt-4o-mini', count: 1 }])
  expect(call?.receivedRequestId).toBe(attempts[0]?.attemptId)
})

it('tells in headers what answered, what it cost, and what is left of the tightest budget', async () => {
  const policy = aPolicy(world.simulator.url)
  policy.budgets.push(
    aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5'),
    aBudget({ kind: 'team', id: 'team_ds', name: 'Data Science' }, '0.01'),
    aBudget({ kind: 'user', id: 'mem_a', name: 'Ann' }, '0.001', { mode: 'soft' }),
  )
  const key = aKey(policy, { scopes: { teamId: 'team_ds' as never, userId: 'mem_a' as never } })
  await world.publish(policy, key)
  const answer = await ask(world.url, key, says('Hi [[sim:tokens=10]]'))
  // 15 × 150 + 10 × 600 nano
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'x-gateway-model': 'gpt-4o-mini',
    'x-gateway-provider': 'Simulated',
    'x-gateway-attempts': 'simulated:ok',
    'x-gateway-cost-usd': '0.000008250',
    'x-gateway-price-version': 'test:0.15/0.6',
    'x-gateway-budget-remaining-usd': '0.009991750',
    'x-gateway-budget-scope': 'team/data-science',
  })
  expect(answer.headers.get('x-request-id')).toBe(answer.headers.get('request-id'))
})

it('answers at the root and below /v1/v1 as well', async () => {
  const policy = aPolicy(world.simulator.url)
  const key = aKey(policy)
  await world.publish(policy, key)
  for (const path of ['/chat/completions', '/v1/v1/chat/completions']) {
    const headers = { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json; charset=utf-8' }
    const response = await fetch(world.url + path, { method: 'POST', headers, body: JSON.stringify(says('Hi')) })
    expect(response.status).toBe(200)
  }
})

it('counts for each person what each may spend', async () => {
  const policy = aPolicy(world.simulator.url)
  // 15 × 150 + 300 × 600 nano: one request of each person.
  policy.budgets.push(
    aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '0.00018225', { sharing: 'each' }),
  )
  const ann = aKey(policy, { scopes: { userId: 'mem_ann' as never } })
  const bob = aKey(policy, { scopes: { userId: 'mem_bob' as never } })
  await world.publish(policy, ann, bob)
  const body = says('Hi [[sim:tokens=300]]', { max_tokens: 300 })
  const statuses = [ann, ann, bob, bob].map((key) => async () => (await ask(world.url, key, body)).status)
  const seen: number[] = []
  for (const status of statuses) seen.push(await status())
  expect(seen).toEqual([200, 402, 200, 402])
})
