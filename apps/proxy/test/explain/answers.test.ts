import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import type { Quote } from '../quote/ask-quote.ts'
import { internalToken, startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

async function explain(body: object, token = internalToken): Promise<{ status: number; told: Quote }> {
  const response = await fetch(`${world.url}/internal/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, told: (await response.json()) as Quote }
}

const size = { model: 'gpt-4o-mini', inputTokens: 100, maxOutputTokens: 1_000 }

/** Lea's key, whose amounts no caller is shown. */
async function company() {
  const policy = aPolicy(world.simulator.url)
  policy.settings.showAmounts = false
  policy.budgets.push(
    aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5'),
    aBudget({ kind: 'team', id: 'team_ds', name: 'Data Science' }, '1'),
    aBudget({ kind: 'role', id: 'role_dev', name: 'Developer' }, '1', { sharing: 'each' }),
  )
  const scopes = { teamId: 'team_ds', roleGroupId: null, roleId: 'role_dev', userId: 'mem_lea' }
  const key = aKey(policy, { scopes: scopes as never, allowedModels: ['gpt-4o-mini'] })
  policy.budgets.push(aBudget({ kind: 'key', id: key.record.scopes.keyId, name: 'Laptop' }, '0.0003'))
  await world.publish(policy, key)
  return { policy, key, scopes, byKey: { orgId: policy.orgId, subject: { key: key.record.publicId } } }
}

describe('the limits of somebody, explained', () => {
  it('are every budget of a key with its amounts, the one that decides, and the output that fits', async () => {
    const { byKey } = await company()
    const { status, told } = await explain({ ...byKey, ...size })
    expect(status).toBe(200)
    // 300,000 nano less 100 × 150 pay 475 tokens at 600: it would be clamped to that.
    expect(told).toMatchObject({ admitted: true, max_output_tokens: 475, max_output_tokens_that_fit: 475 })
    expect(told.chain.map(({ scope, deciding, left_usd }) => [scope.type, left_usd, deciding])).toEqual([
      ['organisation', '5.000000000', false],
      ['team', '1.000000000', false],
      ['role', '1.000000000', false],
      ['key', '0.000300000', true],
    ])
  })

  it('are those of a person with the counter that is theirs', async () => {
    const { policy, key, scopes } = await company()
    await ask(world.url, key, says('Hi [[sim:tokens=10]]', { max_tokens: 10 }))
    const { told } = await explain({ orgId: policy.orgId, subject: { scopes }, ...size })
    expect(told.chain.map(({ scope }) => scope.type)).toEqual(['organisation', 'team', 'role'])
    expect(told.chain[2]?.['spent_usd']).toBe(told.chain[0]?.['spent_usd'])
    expect(told.chain[2]?.['spent_usd']).not.toBe('0.000000000')
    const ann = { ...scopes, userId: 'mem_ann' }
    const other = await explain({ orgId: policy.orgId, subject: { scopes: ann }, ...size })
    expect(other.told.chain[2]?.['spent_usd']).toBe('0.000000000')
  })

  it('say what would be refused, and the models that a key may not use', async () => {
    const { byKey } = await company()
    const { told } = await explain({ ...byKey, ...size, inputTokens: 1_900 })
    expect(told).toMatchObject({ admitted: false, max_output_tokens_that_fit: 25, refusal: { status: 402 } })
    expect((await explain({ ...byKey, ...size, model: 'gpt-4o' })).status).toBe(403)
    expect((await explain({ ...byKey, ...size, model: 'gpt-9' })).status).toBe(404)
  })

  it('are told to the console only, and of its own organisation', async () => {
    const { byKey } = await company()
    const other = await company()
    expect((await explain({ ...byKey, ...size }, 'wrong-token-0123456789')).status).toBe(401)
    expect((await explain({ ...byKey, ...size, orgId: other.policy.orgId })).status).toBe(401)
    expect((await explain({ ...byKey, ...size, inputTokens: -1 })).status).toBe(400)
  })
})
