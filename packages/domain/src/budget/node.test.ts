import { describe, expect, it } from 'vitest'
import type { KeyId, MemberId, OrgId, TeamId } from '../id/index.ts'
import { budget, nodesOf, parseNodeId, type Budget } from './index.ts'

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
    expect(parseNodeId('bud_2')).toBeUndefined()
  })
})
