import { expect, it } from 'vitest'
import { aWorld, testDatabase, value } from '../test/builders.ts'
import { targetNames } from './audit-targets.ts'
import { append, choices, list } from './audit.ts'
import { set } from './budgets/index.ts'

const database = testDatabase()

it('finds entries by who did it and by what was done, page by page, newest first', async () => {
  const db = database().prisma
  const [acme, globex] = [await aWorld(database()), await aWorld(database(), { name: 'Globex' })]
  const lines = [
    { actorId: 'mem_a', actorName: 'Ann', action: 'budget.set' },
    { actorId: 'mem_a', actorName: 'Ann Lee', action: 'budget.remove' },
    { actorId: 'mem_b', actorName: 'Bo', action: 'budget.set' },
    { actorId: null, actorName: 'System', action: 'budgets.rebuild' },
  ]
  for (const [n, line] of lines.entries()) {
    await append(db, acme.orgId, { ...line, target: 'budget:bud_1', after: { limit: 5n } }, new Date(1_000 * n))
  }
  await append(db, globex.orgId, { actorId: 'mem_c', actorName: 'Cy', action: 'key.revoke', target: 'key:key_1' })

  const found = async (filter: Parameters<typeof list>[2]) =>
    (await list(db, acme.orgId, filter)).entries.map((entry) => `${entry.actorName} ${entry.action}`)
  expect(await found({ actorId: 'mem_a' })).toEqual(['Ann Lee budget.remove', 'Ann budget.set'])
  expect(await found({ action: 'budget.set' })).toEqual(['Bo budget.set', 'Ann budget.set'])
  expect(await found({ action: 'budget', actorId: 'mem_b' })).toEqual(['Bo budget.set'])
  expect(await found({ action: 'budget' })).toHaveLength(3)
  const first = await list(db, acme.orgId, { limit: 3 })
  const second = await list(db, acme.orgId, { limit: 3, ...(first.next ? { after: first.next } : {}) })
  expect([first.entries.length, second.entries.length, second.next]).toEqual([3, 1, null])
  expect(await choices(db, acme.orgId)).toEqual({
    actors: [
      { id: 'mem_a', name: 'Ann Lee' },
      { id: 'mem_b', name: 'Bo' },
    ],
    actions: ['budget.remove', 'budget.set', 'budgets.rebuild'],
  })
})

it('knows what targets are called, in their own organisation', async () => {
  const db = database().prisma
  const [acme, globex] = [await aWorld(database()), await aWorld(database(), { name: 'Globex' })]
  const scope = { kind: 'team', id: acme.teamId } as const
  const budget = value(await set(db, acme.orgId, { scope, period: 'day', limit: 1n, mode: 'hard', sharing: 'pool' }))
  const targets = [
    `budget:${budget.id}`,
    `key:${acme.keyId}`,
    `member:${acme.memberId}`,
    `organisation:${acme.orgId}`,
    `team:${globex.teamId}`,
    'nonsense',
  ]
  expect(Object.fromEntries(await targetNames(db, acme.orgId, targets))).toEqual({
    [`budget:${budget.id}`]: 'Platform',
    [`key:${acme.keyId}`]: 'Laptop',
    [`member:${acme.memberId}`]: 'Ann',
    [`organisation:${acme.orgId}`]: 'Acme',
  })
  expect([...(await targetNames(db, globex.orgId, targets)).keys()]).toEqual([`team:${globex.teamId}`])
})
