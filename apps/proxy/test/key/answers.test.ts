import { afterAll, beforeAll, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, get, says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

it('tells what the key may spend, has spent and has left, and the budgets above it', async () => {
  const policy = aPolicy(world.simulator.url)
  const key = aKey(policy, { name: 'CI', allowedModels: ['gpt-4o-mini'] })
  const { keyId } = key.record.scopes
  policy.budgets.push(
    aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '100'),
    aBudget({ kind: 'key', id: keyId, name: 'CI' }, '5', { period: 'all' }),
  )
  await world.publish(policy, key)

  expect(JSON.parse((await get(`${world.url}/v1/key`, key)).text)).toMatchObject({
    object: 'key',
    name: 'CI',
    status: 'active',
    limit_usd: '5.000000000',
    spent_usd: '0.000000000',
    left_usd: '5.000000000',
    resets_at: null,
    allowed_models: ['gpt-4o-mini'],
  })
  const cost = (await ask(world.url, key, says('Hi'))).headers.get('x-gateway-cost-usd')
  expect(JSON.parse((await get(`${world.url}/v1/key`, key)).text)).toMatchObject({
    spent_usd: cost,
    held_usd: '0.000000000',
    budgets: [
      { scope: { type: 'organisation', name: 'Acme' }, period: 'month', limit_usd: '100.000000000', spent_usd: cost },
      { scope: { type: 'key', name: 'CI' }, period: 'all', spent_usd: cost, resets_at: null },
    ],
  })
})

it('shows only its own budget where the organisation hides amounts', async () => {
  const hidden = {
    moneyRefusalStatus: 402,
    showAmounts: false,
    defaultMaxOutputTokens: 4_096,
    storeOutage: 'closed',
    consoleUrl: null,
  } as const
  const policy = aPolicy(world.simulator.url, { settings: hidden })
  const key = aKey(policy)
  policy.budgets.push(
    aBudget({ kind: 'organisation', id: policy.orgId }, '100'),
    aBudget({ kind: 'key', id: key.record.scopes.keyId }, '5'),
  )
  await world.publish(policy, key)
  const { text } = await get(`${world.url}/v1/key`, key)
  const { budgets } = JSON.parse(text) as { budgets: { scope: { type: string } }[] }
  expect(budgets.map(({ scope }) => scope.type)).toEqual(['key'])
  expect(
    await ask(world.url, key, says('Hi')).then(({ headers }) => headers.get('x-gateway-budget-remaining-usd')),
  ).toBeNull()
})
