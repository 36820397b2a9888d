import { describe, expect, it } from 'vitest'
import type { KeyId, MemberId, OrgId, TeamId } from '../id/index.ts'
import { budget, nodeIdOf, nodesOf, parseNodeId, type Budget } from './index.ts'

const aBudget = (over: Record<string, unknown>): Budget =>
  budget.parse({
    id: 'bud_1',
    scope: { kind: 'team', id: 'team_1', name: 'Data' },
    period: 'month',
    limit: '1000000000',
    mode: 'hard',
    sharing: 'pool',
    version: 1,
    opening: null,
    ...over,
  })

const ids = {
  orgId: 'org_1' as OrgId,
  teamId: 'team_1' as TeamId,
  roleGroupId: null,
  roleId: null,
  userId: 'mem_1' as MemberId,
  keyId: 'key_1' as KeyId,
}
const at = Date.parse('2026-11-21T12:00:00Z')
const november = 'm1793484000' // 2026-11-01 00:00 in Helsinki

const byScope = (...budgets: Budget[]) => new Map([['team:team_1', budgets]]) as ReadonlyMap<string, readonly Budget[]>

describe('the counters of a request', () => {
  it('share one counter in a pool and one per person for each person', () => {
    const nodes = nodesOf(byScope(aBudget({}), aBudget({ id: 'bud_2', sharing: 'each' })), ids, {
      zone: 'Europe/Helsinki',
      at,
    })
    expect(nodes.map((node) => node.id)).toEqual([`bud_1~-~${november}`, `bud_2~mem_1~${november}`])
  })

  it('begin at what was already spent, in the window in which the budget was made', () => {
    const opening = { window: november, amount: '420000000' }
    const now = nodesOf(byScope(aBudget({ opening })), ids, { zone: 'Europe/Helsinki', at })
    const later = nodesOf(byScope(aBudget({ opening })), ids, {
      zone: 'Europe/Helsinki',
      at: Date.parse('2026-12-02T00:00:00Z'),
    })
    expect([now[0]!.opening, later[0]!.opening]).toEqual([420_000_000n, 0n])
  })

  it('have names that can be read back', () => {
    expect(parseNodeId('bud_2~mem_1~m5')).toEqual({ budgetId: 'bud_2', subject: 'mem_1', windowId: 'm5' })
    expect(parseNodeId(nodeIdOf('bud_2', null, 'm5'))).toEqual({ budgetId: 'bud_2', subject: null, windowId: 'm5' })
    for (const text of ['bud_2', 'bud_2~mem_1', '~mem_1~m5', 'bud_2~~m5', 'bud_2~mem_1~', 'bud_2~mem_1~m5~x']) {
      expect(parseNodeId(text)).toBeUndefined()
    }
  })

  it('count for the key where an `each` budget meets a key that belongs to nobody, and open at 0 then', () => {
    const opening = { window: november, amount: '420000000' }
    const each = aBudget({ sharing: 'each', opening })
    const [node] = nodesOf(byScope(each), { ...ids, userId: null }, { zone: 'Europe/Helsinki', at })
    expect([node?.id, node?.opening]).toEqual([`bud_1~key_1~${november}`, 0n])
  })

  it('come from the organisation down to the key, whatever the order of the budgets', () => {
    const on = (kind: string, id: string) => [aBudget({ id: `bud_${kind}`, scope: { kind, id, name: kind } })]
    const all = new Map([
      ['key:key_1', on('key', 'key_1')],
      ['team:team_2', on('team', 'team_2')],
      ['user:mem_1', on('user', 'mem_1')],
      ['organisation:org_1', on('organisation', 'org_1')],
    ])
    const nodes = nodesOf(all, ids, { zone: 'Europe/Helsinki', at })
    expect(nodes.map((node) => node.budget.id)).toEqual(['bud_organisation', 'bud_user', 'bud_key'])
  })

  it('stand as raised or carried into, and say for how long; without either, until the window ends', () => {
    const raises = [{ subject: null, amount: '5', fromMs: at - 10, untilMs: at + 10 }]
    const carried = [{ subject: null, window: november, amount: '7' }]
    const budgets = [aBudget({ raises }), aBudget({ id: 'bud_2', carried }), aBudget({ id: 'bud_3' })]
    const nodes = nodesOf(byScope(...budgets), ids, { zone: 'Europe/Helsinki', at })
    expect(nodes.map((node) => node.budget.limit)).toEqual([1_000_000_005n, 1_000_000_007n, 1_000_000_000n])
    const { startMs, endMs } = nodes[0]!.window
    expect(nodes.map((node) => node.inForce)).toEqual([
      { fromMs: at - 10, untilMs: at + 10 },
      { fromMs: startMs, untilMs: endMs },
      undefined,
    ])
    expect([startMs, endMs].map((ms) => new Date(ms).toISOString())).toEqual([
      '2026-10-31T22:00:00.000Z',
      '2026-11-30T22:00:00.000Z',
    ])
  })
})
