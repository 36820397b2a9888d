import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealCredential } from '@tollkeeper/domain/credential'
import { aKey, aPolicy, aProvider, testCredentialKeys } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { internalToken, startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ env: { METRICS_TOKEN: 'metrics-token-of-the-tests' } })
})
afterAll(() => world.stop())

const at = (path: string, init?: RequestInit) => fetch(world.url + path, init)

describe('health', () => {
  it('is told at every usual address, with request ids', async () => {
    for (const path of ['/livez', '/readyz', '/health', '/v1/health', '/']) {
      const response = await at(path)
      expect([path, response.status]).toEqual([path, 200])
      expect(await response.json()).toMatchObject({ status: 'ok' })
      expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    }
    expect((await at('/', { method: 'HEAD' })).status).toBe(200)
  })
})

describe('metrics', () => {
  it('are for those with the token, in Prometheus text', async () => {
    const policy = aPolicy(world.simulator.url)
    const key = aKey(policy)
    await world.publish(policy, key)
    await ask(world.url, key, says('Hi'))
    await ask(world.url, key, says('Hi', { model: 'no-such-model' }))

    expect((await at('/metrics')).status).toBe(401)
    const headers = { authorization: 'Bearer metrics-token-of-the-tests' }
    const response = await at('/metrics', { headers })
    expect(response.headers.get('content-type')).toContain('text/plain')
    const text = await response.text()
    expect(text).toMatch(
      /gateway_requests_total\{route="\/v1\/chat\/completions",status="200",model_known="true",stream="false"\} 1/,
    )
    expect(text).toMatch(/gateway_refusals_total\{reason="model_not_found"\} 1/)
    expect(text).toMatch(/^gateway_open_holds 0$/m)
    expect(text).toMatch(/^gateway_holds_total\{kind="held"\} 1$/m)
    expect(text).toMatch(/^gateway_nodejs_eventloop_lag_p99_seconds /m)
    expect(text).not.toContain('no-such-model')
  })

  it('are not for holders of gateway keys', async () => {
    const policy = aPolicy(world.simulator.url)
    const key = aKey(policy)
    await world.publish(policy, key)
    expect((await at('/metrics', { headers: { authorization: `Bearer ${key.secret}` } })).status).toBe(401)
  })
})

describe('the log', () => {
  it('has one line per request, and neither keys nor prompts nor answers in it', async () => {
    const policy = aPolicy(world.simulator.url)
    const key = aKey(policy, { scopes: { teamId: 'team_a' as never } })
    await world.publish(policy, key)
    const before = world.first.log().length
    const answer = await ask(world.url, key, says('My canary is yellow [[sim:say=A canary]]'))
    await ask(world.url, key, says('canary', { n: 99, user: 'canary' }))
    await ask(world.url, { ...key, secret: 'sk-gw-canary' }, says('canary'))
    const lines = world.first.log().slice(before)
    expect(lines).toMatchObject([
      {
        msg: 'answered',
        requestId: answer.headers.get('x-request-id'),
        status: 200,
        org: policy.orgId,
        key: key.record.scopes.keyId,
        team: 'team_a',
        model: 'gpt-4o-mini',
        attempts: 1,
        costUsd: answer.headers.get('x-gateway-cost-usd'),
        usage: 'reported',
      },
      { status: 400, failure: 'invalid_request', costUsd: null },
      { status: 401, failure: 'invalid_api_key' },
    ])
    expect(JSON.stringify(lines)).not.toMatch(/canary|sk-gw-/)
  })
})

describe('the verification of a provider', () => {
  const provider = aProvider('http://unused')
  const verify = async (body: object, token = internalToken) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await at('/internal/providers/verify', { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const given = (change: object = {}) => ({
    orgId: 'org_a',
    providerId: provider.id,
    kind: 'simulator',
    baseUrl: `${world.simulator.url}/v1`,
    sealedCredential: null,
    ...change,
  })

  it('lists its models and limits', async () => {
    const { status, body } = await verify(given())
    expect(status).toBe(200)
    expect(body).toMatchObject({ ok: true, status: 200, latencyMs: expect.any(Number) })
    expect(body['models']).toContainEqual({ id: 'gpt-4o-mini', ownedBy: 'openai' })
  })

  it('opens the credential, and says so when the provider or we cannot use it', async () => {
    await world.simulator.behave({ requiredKey: 'sk-provider-secret' })
    const binding = { orgId: 'org_a', providerId: provider.id, origin: world.simulator.url }
    const seal = (plain: string, change: object = {}) =>
      sealCredential(plain, testCredentialKeys.publicKey, { ...binding, ...change })
    expect((await verify(given({ sealedCredential: seal('sk-provider-secret') }))).body).toMatchObject({ ok: true })
    expect((await verify(given({ sealedCredential: seal('sk-wrong') }))).body).toEqual({
      ok: false,
      status: 401,
      message: 'The provider does not accept this credential.',
    })
    expect((await verify(given({ sealedCredential: seal('x', { orgId: 'org_b' }) }))).body).toMatchObject({
      ok: false,
      status: null,
    })
    await world.simulator.reset()
  })

  it('tells when nobody is there, or somebody else', async () => {
    expect((await verify(given({ baseUrl: 'http://127.0.0.1:1/v1' }))).body).toMatchObject({ ok: false, status: null })
    expect((await verify(given({ baseUrl: `${world.simulator.url}/nowhere` }))).body).toMatchObject({
      ok: false,
      status: 404,
    })
    expect((await verify(given({ baseUrl: `${world.url}` }))).body).toMatchObject({ ok: false, status: 401 })
  })

  it('is refused without the token of the console, and for anything but a provider', async () => {
    expect((await verify(given(), 'wrong')).status).toBe(401)
    expect((await verify(given({ baseUrl: 'file:///etc/passwd' }))).status).toBe(400)
    expect((await verify(given({ kind: 'other' }))).status).toBe(400)
  })
})
