import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy, aProvider, testCredentialKeys } from '@tollkeeper/testbed/builders'
import { sealCredential } from '@tollkeeper/domain/credential'
import { ask, says } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({
    env: { UPSTREAM_IDLE_MS: '400', UPSTREAM_FIRST_BYTE_MS: '400', UPSTREAM_WHOLE_MS: '400' },
  })
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

async function team(change: Parameters<typeof aProvider>[1] = {}, url = world.simulator.url) {
  const policy = aPolicy(url, { providers: [aProvider(url, change)] })
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  const charged = async () => (await world.balances(policy))[budget.id]
  await world.publish(policy, key)
  return { policy, key, charged }
}

describe('a provider that says no', () => {
  it.each<[string, number, number, string, string, string]>([
    ['400', 400, 400, 'upstream_refused', 'refused-by-provider', 'simulated:fatal:400'],
    ['404', 404, 400, 'upstream_refused', 'refused-by-provider', 'simulated:fatal:404'],
    ['401', 401, 503, 'upstream_credential', 'refused-by-provider', 'simulated:fatal:401'],
    ['403', 403, 503, 'upstream_credential', 'refused-by-provider', 'simulated:fatal:403'],
    ['429;retry-after=7', 429, 429, 'upstream_rate_limited', 'refused-by-provider', 'simulated:error:429'],
  ])(
    '%s costs nothing, leaves a row, and does not pass its own words on',
    async (mark, upstream, status, reason, outcome, legs) => {
      for (const stream of [false, true]) {
        const { policy, key, charged } = await team()
        const answer = await ask(world.url, key, says(`Hi [[sim:status=${mark}]]`, { stream }))
        expect(answer.status).toBe(status)
        expect(answer.body.error.gateway).toMatchObject({ source: 'provider:Simulated', reason })
        expect(answer.body.error.message).not.toMatch(/simulat(or|ed to)|scripted/i)
        expect(answer.headers.get('x-gateway-attempts')).toBe(legs)
        expect(answer.headers.get('retry-after')).toBe(upstream === 429 ? '7' : null)
        const { attempts, requests } = await untilAttempts(world, policy, 1)
        expect(attempts).toMatchObject([{ amount: 0n, result: { outcome, status: upstream, tokens: {} } }])
        expect(requests).toMatchObject([{ status, failure: reason, attempts: 1 }])
        expect(await charged()).toMatchObject({ used: 0n, held: 0n })
      }
    },
  )
})

describe('a provider that does not answer', () => {
  it('because nobody listens there is not charged', async () => {
    const { policy, key, charged } = await team({}, 'http://127.0.0.1:1')
    expect(await ask(world.url, key, says('Hi'))).toMatchObject({
      status: 503,
      body: { error: { code: 'upstream_unavailable' } },
    })
    const { attempts } = await untilAttempts(world, policy, 3)
    const notSent = { amount: 0n, result: { outcome: 'not-sent', status: null } }
    expect(attempts).toMatchObject([notSent, notSent, notSent])
    expect(await charged()).toMatchObject({ used: 0n, held: 0n })
  })

  it.each([false, true])('in time (stream: %s) is charged as held, since nobody knows', async (stream) => {
    const { policy, key, charged } = await team()
    const answer = await ask(world.url, key, says('Hi [[sim:hang]]', { max_tokens: 50, stream }))
    expect(answer).toMatchObject({ status: 504, body: { error: { code: 'timeout' } } })
    const { attempts, requests } = await untilAttempts(world, policy, 1)
    expect(attempts).toMatchObject([{ result: { outcome: 'unknown', usageSource: 'held' } }])
    expect(attempts[0]?.amount).toBe(attempts[0]?.hold)
    expect(requests).toMatchObject([{ failure: 'upstream_timeout' }])
    expect(await charged()).toMatchObject({ used: attempts[0]?.hold, held: 0n })
  })

  it('and cuts the connection is charged as held', async () => {
    const { policy, key } = await team()
    expect((await ask(world.url, key, says('Hi [[sim:cut=0]]', { max_tokens: 50 }))).status).toBe(503)
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts[0]).toMatchObject({ result: { outcome: 'unknown', usageSource: 'held' } })
  })
})

describe('the credential of a provider', () => {
  async function sealedFor(change: object) {
    const policy = aPolicy(world.simulator.url)
    const [provider] = policy.providers
    if (!provider) throw new Error('no provider')
    const binding = { orgId: policy.orgId, providerId: provider.id, origin: world.simulator.url, ...change }
    provider.sealedCredential = sealCredential('sk-provider-secret', testCredentialKeys.publicKey, binding)
    const key = aKey(policy)
    await world.publish(policy, key)
    return key
  }

  it('is opened and used, and only where it was sealed for', async () => {
    await world.simulator.behave({ requiredKey: 'sk-provider-secret' })
    expect((await ask(world.url, await sealedFor({}), says('Hi'))).status).toBe(200)
    for (const change of [{ orgId: 'org_other' }, { providerId: 'prov_other' }, { origin: 'https://evil.example' }]) {
      const answer = await ask(world.url, await sealedFor(change), says('Hi'))
      expect(answer).toMatchObject({ status: 503, body: { error: { gateway: { reason: 'upstream_credential' } } } })
    }
    expect(await world.simulator.calls()).toHaveLength(1)
  })

  it('appears nowhere in what is logged', () => {
    expect(JSON.stringify(world.first.log())).not.toContain('sk-provider-secret')
  })
})
