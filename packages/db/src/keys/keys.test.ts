import { randomBytes } from 'node:crypto'
import { hashKey, newKeyText, peppersText } from '@tollkeeper/domain/key'
import { expect, it } from 'vitest'
import { aKey, aWorld, testDatabase, value } from '../../test/builders.ts'
import * as budgets from '../budgets/index.ts'
import { buildKeyRecord, keyRecords, pendingChanges } from '../policies/index.ts'
import * as members from '../members.ts'
import * as roles from '../roles.ts'
import * as keys from './index.ts'

const database = testDatabase()
const at = new Date('2026-11-20T12:00:00Z')

it('stores a key as its keyed hash with its quota, and nothing that contains its text', async () => {
  const { prisma } = database()
  const { orgId, teamId, memberId } = await aWorld(database())
  const peppers = peppersText.parse(`3:${randomBytes(32).toString('base64')}`)
  const { text, publicId, last4 } = newKeyText(randomBytes)
  const made = value(
    await keys.create(prisma, orgId, {
      name: 'Support bot',
      publicId,
      last4,
      hash: hashKey(text, peppers, 3),
      pepperVersion: 3,
      teamId,
      memberId,
      allowedModels: ['gpt-4o*'],
      expiresAt: null,
      createdBy: 'Ann',
      quota: { limit: 5_000_000_000n, period: 'month' },
    }),
  )
  expect(made).toMatchObject({
    publicId,
    last4,
    status: 'active',
    allowedModels: ['gpt-4o*'],
    quotas: [
      {
        limit: 5_000_000_000n,
        period: 'month',
        mode: 'hard',
        sharing: 'pool',
        scope: { kind: 'key', name: 'Support bot' },
      },
    ],
  })
  expect(await buildKeyRecord(prisma, orgId, made.id)).toMatchObject({
    publicId,
    hash: hashKey(text, peppers, 3),
    pepperVersion: 3,
    status: 'active',
    scopes: { orgId, teamId, roleId: null, userId: memberId, keyId: made.id },
    allowedModels: ['gpt-4o*'],
  })
  const stored = JSON.stringify(
    [
      await prisma.apiKey.findMany({ where: { orgId } }),
      await keys.list(prisma, orgId),
      (await pendingChanges(prisma, { orgId })).map(String),
    ],
    (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part),
  )
  expect(stored).not.toContain(text.slice(14, 57))
})

it('pages through keys, newest first, without skipping those made in the same millisecond', async () => {
  const world = await aWorld(database())
  const { prisma } = database()
  for (let made = 0; made < 7; made += 1) await aKey(database(), world, { name: `Batch ${made}` }, at)
  const seen: string[] = []
  let after: keys.KeyCursor | null | undefined
  do {
    const page = await keys.list(prisma, world.orgId, { limit: 3, ...(after ? { after } : {}) })
    expect(page.keys.length).toBeLessThanOrEqual(3)
    seen.push(...page.keys.map((key) => key.name))
    after = page.next
  } while (after)
  expect(seen[0]).toBe('Laptop')
  expect(seen.toSorted()).toEqual([
    'Batch 0',
    'Batch 1',
    'Batch 2',
    'Batch 3',
    'Batch 4',
    'Batch 5',
    'Batch 6',
    'Laptop',
  ])
})

it('finds keys by name, last four, public id and status', async () => {
  const world = await aWorld(database())
  const { prisma } = database()
  const ci = await aKey(database(), world, { name: 'CI runner' })
  const old = await aKey(database(), world, { name: 'Old', expiresAt: new Date('2020-01-01') })
  const found = async (filter: keys.KeyFilter) =>
    (await keys.list(prisma, world.orgId, { filter })).keys.map((key) => key.name)
  expect(await found({ search: 'ci RUN' })).toEqual(['CI runner'])
  expect(await found({ search: ci.last4 })).toEqual(['CI runner'])
  expect(await found({ search: `sk-gw-${ci.publicId}` })).toEqual(['CI runner'])
  expect(await found({ status: 'expired' })).toEqual(['Old'])
  value(await keys.disable(prisma, world.orgId, ci.id))
  expect(await found({ status: 'disabled' })).toEqual(['CI runner'])
  expect(await found({ status: 'active' })).toEqual(['Laptop'])
  value(await keys.revoke(prisma, world.orgId, old.id))
  expect(await found({ status: 'revoked' })).toEqual(['Old'])
  expect(await found({ teamIds: [] })).toEqual([])
  expect(await found({ memberId: world.memberId, search: 'laptop' })).toEqual(['Laptop'])
})

it('never works again once revoked', async () => {
  const { prisma } = database()
  const { orgId, keyId } = await aWorld(database())
  expect(await keys.revoke(prisma, orgId, keyId, at)).toEqual({ ok: true, value: 'revoked' })
  expect(await keys.enable(prisma, orgId, keyId)).toEqual({ ok: false, reason: 'revoked' })
  expect(await keys.revoke(prisma, orgId, keyId)).toEqual({ ok: true, value: 'revoked' })
  expect(await keys.change(prisma, orgId, keyId, { name: 'Again' })).toBe(false)
  expect(await buildKeyRecord(prisma, orgId, keyId)).toMatchObject({
    status: 'revoked',
    statusChangedAtMs: at.getTime(),
  })
})

it('carries the role of its owner, and hears when that changes', async () => {
  const { prisma } = database()
  const { orgId, memberId, keyId } = await aWorld(database())
  const group = value(await roles.createGroup(prisma, orgId, 'Engineering'))
  const role = value(await roles.create(prisma, orgId, { name: 'Backend engineer', roleGroupId: group }))
  const version = async () => (await buildKeyRecord(prisma, orgId, keyId))?.version ?? 0
  const before = await version()
  value(await members.update(prisma, orgId, memberId, { roleId: role }))
  expect(await buildKeyRecord(prisma, orgId, keyId)).toMatchObject({
    version: before + 1,
    scopes: { roleId: role, roleGroupId: group },
  })
  value(await roles.change(prisma, orgId, role, { name: 'Backend engineer', roleGroupId: null }))
  expect(await buildKeyRecord(prisma, orgId, keyId)).toMatchObject({
    version: before + 2,
    scopes: { roleId: role, roleGroupId: null },
  })
  expect(await roles.remove(prisma, orgId, role)).toBe(true)
  expect(await buildKeyRecord(prisma, orgId, keyId)).toMatchObject({ version: before + 3, scopes: { roleId: null } })
})

it('is told to the proxies page by page', async () => {
  const { prisma } = database()
  const world = await aWorld(database())
  for (let made = 0; made < 4; made += 1) await aKey(database(), world)
  const first = await keyRecords(prisma, world.orgId, { limit: 3 })
  const second = await keyRecords(prisma, world.orgId, { limit: 3, ...(first.next ? { after: first.next } : {}) })
  const ids = [...first.records, ...second.records].map((record) => record.scopes.keyId)
  expect(new Set(ids).size).toBe(5)
  expect(second.next).toBeNull()
})

it('shows another organisation nothing and obeys it in nothing', async () => {
  const { prisma } = database()
  const { orgId, keyId, teamId, memberId } = await aWorld(database(), { quota: { limit: 1n, period: 'day' } })
  const other = await aWorld(database())
  expect(await keys.one(prisma, other.orgId, keyId)).toBeUndefined()
  expect((await keys.list(prisma, other.orgId)).keys.map((key) => key.id)).toEqual([other.keyId])
  expect(await keys.disable(prisma, other.orgId, keyId)).toEqual({ ok: false, reason: 'not-found' })
  expect(await keys.change(prisma, other.orgId, keyId, { name: 'Mine' })).toBe(false)
  expect(await buildKeyRecord(prisma, other.orgId, keyId)).toBeUndefined()
  const stolen = { ...other, teamId }
  await expect(aKey(database(), stolen)).rejects.toThrow('no-team')
  await expect(aKey(database(), { ...other, memberId })).rejects.toThrow('no-member')
  expect(await keys.one(prisma, orgId, keyId)).toMatchObject({ status: 'active', name: 'Laptop' })
  expect(await budgets.list(prisma, other.orgId)).toEqual([])
})
