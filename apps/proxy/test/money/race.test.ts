import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { spawnProxy, type ProxyProcess } from '../world/proxy-process.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
let proxies: ProxyProcess[]
beforeAll(async () => {
  world = await startWorld()
  proxies = await Promise.all(Array.from({ length: 4 }, () => spawnProxy(world.env({ LOG_LEVEL: 'warn' }))))
})
beforeEach(() => world.simulator.reset())
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()))
  await world.stop()
})

const scopes = { teamId: 'team_a', roleGroupId: 'rgrp_a', roleId: 'role_a', userId: 'mem_a' }
/** 14 input tokens at 150 nano and 300 output tokens at 600 nano: what each request holds, and what it costs. */
const each = 182_100n
const levels = ['organisation', 'team', 'role-group', 'role', 'user', 'key'] as const

describe('500 requests at once through four processes, against a budget worth exactly 10', () => {
  it.each(levels)('at the level of the %s: exactly 10 are answered', async (tightest) => {
    const policy = aPolicy(world.simulator.url)
    const key = aKey(policy, { scopes: scopes as never })
    const ids = { organisation: policy.orgId, team: 'team_a', 'role-group': 'rgrp_a', role: 'role_a', user: 'mem_a' }
    for (const kind of levels) {
      const id = kind === 'key' ? key.record.scopes.keyId : ids[kind]
      policy.budgets.push(aBudget({ kind, id }, kind === tightest ? '0.001821' : '100'))
    }
    await world.publish(policy, key)

    const body = says('Hi [[sim:worst]]', { max_tokens: 300 })
    const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => ask(proxies[i % 4]?.url ?? '', key, body)))
    const count = (status: number) => answers.filter((answer) => answer.status === status).length
    expect(count(200)).toBe(10)
    expect(count(200) + count(402) + count(429)).toBe(500)
    for (const { status, body } of answers) {
      if (status !== 200) expect(body.error.gateway['scope']).toMatchObject({ type: tightest })
    }

    const { attempts } = await untilAttempts(world, policy, 10)
    expect(attempts.map(({ amount }) => amount)).toEqual(Array.from({ length: 10 }, () => each))
    const totals = await world.simulator.totals()
    expect(totals).toMatchObject({ calls: 10, open: 0, billedNano: String(10n * each) })
    for (const balance of Object.values(await world.balances(policy)))
      expect(balance).toMatchObject({ used: 10n * each, held: 0n })
  })
})
