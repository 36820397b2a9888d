import { budgetAt } from '@tollkeeper/domain/budget'
import type { BudgetId, MemberId } from '@tollkeeper/domain/id'
import { windowOf } from '@tollkeeper/domain/time'
import { expect, it } from 'vitest'
import { aWorld, testDatabase, value } from '../../test/builders.ts'
import * as budgets from '../budgets/index.ts'
import * as members from '../members.ts'
import { buildOrgPolicy, pendingChanges } from '../policies/index.ts'
import * as raises from './index.ts'

const database = testDatabase()
const at = new Date('2026-11-20T12:00:00Z')
const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000)
const dollars = (amount: bigint) => amount * 1_000_000_000n

async function aRaisable() {
  const { prisma } = database()
  const world = await aWorld(database())
  const { orgId, teamId, memberId } = world
  const admin = value(await members.create(prisma, orgId, { email: 'boss@example.com', name: 'Boss', access: 'admin' }))
  const budget = value(
    await budgets.set(prisma, orgId, {
      scope: { kind: 'team', id: teamId },
      period: 'month',
      limit: dollars(50n),
      mode: 'hard',
      sharing: 'pool',
    }),
  )
  return {
    prisma,
    orgId,
    budget,
    lea: { id: memberId, name: 'Lea' },
    boss: { id: admin.id, name: 'Boss' },
    wanted: {
      budgetId: budget.id,
      subject: null,
      amount: dollars(20n),
      until: later(60),
      reason: 'Launch week',
      refusedRequest: null,
      requestedBy: { id: memberId, name: 'Lea' },
    },
  }
}

it('asked for and approved, lifts the limit in the policy until it ends, with versions that only grow', async () => {
  const { prisma, orgId, budget, wanted, boss } = await aRaisable()
  const asked = value(await raises.ask(prisma, orgId, wanted, at))
  expect(asked.state).toBe('open')
  const decision = { kind: 'approve', amount: dollars(15n), until: later(30), note: 'Half of it', by: boss } as const
  const { raise, request } = value(await raises.decide(prisma, orgId, asked.id, decision, at))
  expect([request.state, request.decided?.by.name, raise?.amount]).toEqual(['approved', 'Boss', 15_000_000_000n])
  expect(await raises.requests(prisma, orgId)).toMatchObject([{ amount: 20_000_000_000n, given: 15_000_000_000n }])

  const now = new Date()
  const given = value(
    await raises.give(
      prisma,
      orgId,
      { ...wanted, givenBy: boss, until: new Date(now.getTime() + 60_000), amount: dollars(1n) },
      now,
    ),
  )
  const of = async () => (await buildOrgPolicy(prisma, orgId, { consoleUrl: null }))?.budgets[0]
  const policy = await of()
  if (!policy) throw new Error('The budget is not in the policy')
  const window = windowOf('month', 'UTC', now.getTime())
  const limits = [0, 59_999, 60_000].map((ms) => budgetAt(policy, { subject: null, window }, now.getTime() + ms).budget)
  expect(limits.map((each) => each.limit)).toEqual([51_000_000_000n, 51_000_000_000n, 50_000_000_000n])
  expect(limits[0]?.version).toBeGreaterThan(budget.version)
  expect(limits[2]?.version).toBe(policy.version)

  expect(await raises.end(prisma, orgId, given.id)).toMatchObject({ id: given.id })
  const ended = await of()
  expect(ended?.raises).toBeUndefined()
  expect(ended?.version).toBeGreaterThan(policy.version)
  expect(await raises.end(prisma, orgId, given.id)).toBeUndefined()
  expect((await pendingChanges(prisma, { orgId })).length).toBeGreaterThan(0)
})

it('is never decided by who asked for it, neither as another member with the same login', async () => {
  const { prisma, orgId, wanted, lea, boss } = await aRaisable()
  const asked = value(await raises.ask(prisma, orgId, wanted, at))
  const approve = { kind: 'approve', amount: dollars(1n), until: later(10), note: '' } as const
  expect(await raises.decide(prisma, orgId, asked.id, { ...approve, by: lea }, at)).toEqual({
    ok: false,
    reason: 'own',
  })
  const user = await prisma.user.create({
    data: { id: `user_${orgId}`, email: `${orgId.toLowerCase()}@a.test`, name: 'Lea' },
  })
  await prisma.member.updateMany({ where: { orgId, id: { in: [lea.id, boss.id] } }, data: { userId: user.id } })
  expect(await raises.decide(prisma, orgId, asked.id, { ...approve, by: boss }, at)).toEqual({
    ok: false,
    reason: 'own',
  })
  expect(await raises.live(prisma, orgId, at)).toEqual([])
  const forced = prisma.raiseRequest.update({
    where: { orgId_id: { orgId, id: asked.id } },
    data: { state: 'approved', decidedBy: lea.id },
  })
  await expect(forced).rejects.toThrow('raise_request_nobody_decides_on_their_own')
})

it('is asked for once at a time, decided once, and gives no more than was asked for', async () => {
  const { prisma, orgId, wanted, boss } = await aRaisable()
  const asked = value(await raises.ask(prisma, orgId, wanted, at))
  expect(await raises.ask(prisma, orgId, wanted, at)).toEqual({ ok: false, reason: 'open' })
  const approve = { kind: 'approve', amount: dollars(21n), until: later(10), note: '', by: boss } as const
  expect(await raises.decide(prisma, orgId, asked.id, approve, at)).toEqual({ ok: false, reason: 'amount' })
  const longer = { ...approve, amount: dollars(1n), until: later(61) }
  expect(await raises.decide(prisma, orgId, asked.id, longer, at)).toEqual({ ok: false, reason: 'until' })
  const decided = await Promise.all(
    [1n, 2n].map((amount) =>
      raises.decide(prisma, orgId, asked.id, { ...longer, amount: dollars(amount), until: later(9) }, at),
    ),
  )
  expect(decided.map((each) => (each.ok ? 'yes' : each.reason)).toSorted()).toEqual(['not-open', 'yes'])
  expect(await raises.live(prisma, orgId, at)).toHaveLength(1)
})

it('expires when nobody decides, makes room for another, and may be taken back by who asked', async () => {
  const { prisma, orgId, wanted, boss, lea } = await aRaisable()
  const asked = value(await raises.ask(prisma, orgId, wanted, at))
  const over = later(61)
  expect(await raises.oneRequest(prisma, orgId, asked.id, over)).toMatchObject({ state: 'expired' })
  const decline = { kind: 'decline', note: 'No', by: boss } as const
  expect(await raises.decide(prisma, orgId, asked.id, decline, over)).toEqual({ ok: false, reason: 'not-open' })
  const again = value(await raises.ask(prisma, orgId, { ...wanted, until: later(120) }, over))
  expect(await raises.withdraw(prisma, orgId, again.id, boss.id, over)).toBeUndefined()
  expect(await raises.withdraw(prisma, orgId, again.id, lea.id, over)).toMatchObject({ state: 'withdrawn' })
  const states = (await raises.requests(prisma, orgId, {}, over)).map((each) => each.state)
  expect(states).toEqual(['withdrawn', 'expired'])
})

it('refuses what cannot be: nothing, for ever, a budget that is gone', async () => {
  const { prisma, orgId, wanted, boss } = await aRaisable()
  const give = (over: object) => raises.give(prisma, orgId, { ...wanted, givenBy: boss, ...over }, at)
  expect(await give({ amount: 0n })).toEqual({ ok: false, reason: 'amount' })
  expect(await give({ until: at })).toEqual({ ok: false, reason: 'until' })
  expect(await give({ until: new Date('2027-11-20T12:00:00Z') })).toEqual({ ok: false, reason: 'until' })
  expect(await give({ budgetId: 'bud_none' as BudgetId })).toEqual({ ok: false, reason: 'not-found' })
})

it('shows another organisation nothing', async () => {
  const { prisma, orgId, wanted, boss } = await aRaisable()
  const other = await aWorld(database())
  const asked = value(await raises.ask(prisma, orgId, wanted, at))
  const given = value(await raises.give(prisma, orgId, { ...wanted, givenBy: boss }, at))
  const theirs = other.orgId
  expect(await raises.requests(prisma, theirs, {}, at)).toEqual([])
  expect(await raises.oneRequest(prisma, theirs, asked.id, at)).toBeUndefined()
  expect(await raises.live(prisma, theirs, at)).toEqual([])
  expect(await raises.end(prisma, theirs, given.id, at)).toBeUndefined()
  expect(await raises.withdraw(prisma, theirs, asked.id, wanted.requestedBy.id, at)).toBeUndefined()
  const decline = { kind: 'decline', note: '', by: { id: 'mem_x' as MemberId, name: 'X' } } as const
  expect(await raises.decide(prisma, theirs, asked.id, decline, at)).toEqual({ ok: false, reason: 'not-found' })
  expect(await raises.ask(prisma, theirs, wanted, at)).toEqual({ ok: false, reason: 'not-found' })
})
