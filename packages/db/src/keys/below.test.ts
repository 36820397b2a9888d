import { expect, it } from 'vitest'
import { aKey, aWorld, testDatabase, value } from '../../test/builders.ts'
import * as members from '../members.ts'
import * as roles from '../roles.ts'
import { countBelow, disable } from './index.ts'

const database = testDatabase()

it('counts the keys that work below each kind of scope, and whose they are', async () => {
  const { prisma } = database()
  const world = await aWorld(database())
  const { orgId, teamId, memberId, keyId } = world
  await aKey(database(), world, { name: 'Second' })
  await aKey(database(), { ...world, memberId: null }, { name: 'Service' })
  await aKey(database(), world, { name: 'Old', expiresAt: new Date('2020-01-01T00:00:00Z') })
  const off = await aKey(database(), world, { name: 'Off' })
  await disable(prisma, orgId, off.id)
  const groupId = value(await roles.createGroup(prisma, orgId, 'Engineering'))
  const roleId = value(await roles.create(prisma, orgId, { name: 'Backend', roleGroupId: groupId }))
  value(await members.update(prisma, orgId, memberId, { roleId }))
  const counted = async (scope: Parameters<typeof countBelow>[2]) => {
    const { keys, people } = await countBelow(prisma, orgId, scope)
    return [keys, people]
  }
  expect(await counted({ kind: 'organisation', id: orgId })).toEqual([3, 1])
  expect(await counted({ kind: 'team', id: teamId })).toEqual([3, 1])
  expect(await counted({ kind: 'role-group', id: groupId })).toEqual([2, 1])
  expect(await counted({ kind: 'role', id: roleId })).toEqual([2, 1])
  expect(await counted({ kind: 'user', id: memberId })).toEqual([2, 1])
  expect(await counted({ kind: 'key', id: keyId })).toEqual([1, 1])
  const globex = await aWorld(database(), { name: 'Globex' })
  expect(await countBelow(prisma, globex.orgId, { kind: 'team', id: teamId })).toEqual({ keys: 0, people: 0 })
})
