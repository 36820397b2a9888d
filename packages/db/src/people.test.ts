import type { OrgId } from '@tollkeeper/domain/id'
import { expect, it } from 'vitest'
import { aWorld, testDatabase, value } from '../test/builders.ts'
import { atomic } from './atomic.ts'
import * as invites from './invites.ts'
import * as keys from './keys/index.ts'
import * as members from './members.ts'
import * as organisations from './organisations.ts'
import * as roles from './roles.ts'
import * as setupLinks from './setup-links.ts'
import * as teams from './teams.ts'
import * as users from './users.ts'

const database = testDatabase()
const at = new Date('2026-11-20T12:00:00Z')
const hours = (count: number) => new Date(at.getTime() + count * 3_600_000)

it('makes the first administrator through a link that works once, for 24 hours, while nobody can sign in', async () => {
  const { prisma } = database()
  const first = await setupLinks.create(prisma, at)
  const second = await setupLinks.create(prisma, at)
  if (!first || !second) throw new Error('no link')
  expect(second.expiresAt).toEqual(hours(24))
  expect(await setupLinks.isOpen(prisma, first.token, at)).toBe(false)
  expect(await setupLinks.isOpen(prisma, second.token, hours(24))).toBe(false)
  expect(await setupLinks.isOpen(prisma, second.token, hours(23))).toBe(true)
  expect(JSON.stringify(await prisma.setupLink.findMany())).not.toContain(second.token)
  const enter = (name: string) =>
    atomic(prisma, async (tx) => {
      if (!(await setupLinks.consume(tx, second.token, hours(1)))) return false
      await users.create(tx, { email: `${name}@acme.test`, name, passwordHash: null })
      return true
    })
  const entered = await Promise.all([enter('ann'), enter('bob')])
  expect(entered.filter(Boolean)).toEqual([true])
  expect(await setupLinks.create(prisma, at)).toBeUndefined()
})

it('knows one login per address, whatever its capitals', async () => {
  const { prisma } = database()
  const made = await users.create(prisma, { email: ' Eve@Acme.Test ', name: 'Eve', passwordHash: 'hash-1' })
  expect(await users.create(prisma, { email: 'eve@acme.test', name: 'Eve 2', passwordHash: null })).toBeUndefined()
  expect(await users.byEmail(prisma, 'EVE@acme.test')).toMatchObject({
    id: made?.id,
    email: 'eve@acme.test',
    passwordHash: 'hash-1',
  })
  await users.setPasswordHash(prisma, made?.id ?? '', 'hash-2', at)
  expect(await users.one(prisma, made?.id ?? '')).toMatchObject({ passwordHash: 'hash-2', sessionsValidFrom: at })
})

async function aLogin(email: string) {
  const login = await users.create(database().prisma, { email, name: email.split('@')[0] ?? '', passwordHash: null })
  if (!login) throw new Error('taken')
  return { id: login.id, email: login.email, name: login.name ?? '' }
}

it('lets an invited address in once, and nobody else', async () => {
  const { prisma } = database()
  const { orgId, teamId, memberId } = await aWorld(database())
  const wish = { email: 'New@acme.test', access: 'lead', teamId, invitedBy: memberId } as const
  const stale = value(await invites.create(prisma, orgId, wish, at))
  const { token, invite } = value(await invites.create(prisma, orgId, wish, at))
  expect(invite.expiresAt).toEqual(hours(72))
  expect(await invites.byToken(prisma, stale.token, at)).toBeUndefined()
  expect(await invites.byToken(prisma, token, at)).toMatchObject({
    email: 'new@acme.test',
    organisation: { name: 'Acme' },
  })
  const thief = await aLogin('thief@evil.test')
  expect(await invites.accept(prisma, token, thief, at)).toEqual({ ok: false, reason: 'other-address' })
  const guest = await aLogin('new@acme.test')
  expect(await invites.accept(prisma, token, guest, hours(72))).toEqual({ ok: false, reason: 'invalid' })
  const both = await Promise.all([invites.accept(prisma, token, guest, at), invites.accept(prisma, token, guest, at)])
  expect(both.filter((outcome) => outcome.ok)).toHaveLength(1)
  const [membership] = await members.membershipsOf(prisma, guest.id)
  expect(membership?.member).toMatchObject({ access: 'lead', teams: [{ id: teamId, lead: true }] })
  expect(await invites.list(prisma, orgId, at)).toEqual([])
  expect(await invites.create(prisma, orgId, wish, at)).toEqual({ ok: false, reason: 'taken' })
})

it('gives a person who was listed before their limits and history when they come in', async () => {
  const { prisma } = database()
  const { orgId, memberId } = await aWorld(database())
  const listed = await members.one(prisma, orgId, memberId)
  const { token } = value(
    await invites.create(
      prisma,
      orgId,
      { email: listed?.email ?? '', access: 'admin', teamId: null, invitedBy: memberId },
      at,
    ),
  )
  const accepted = value(await invites.accept(prisma, token, await aLogin(listed?.email ?? ''), at))
  expect(accepted.memberId).toBe(memberId)
  expect(await members.one(prisma, orgId, memberId)).toMatchObject({ access: 'admin', name: 'Ann' })
})

async function anOwner(orgId: OrgId, email: string) {
  const login = await aLogin(email)
  return value(await members.create(database().prisma, orgId, { ...login, userId: login.id, access: 'owner' }))
}

it('always keeps an owner, even when two demote each other at once', async () => {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const [ann, bob] = [await anOwner(orgId, 'o1@acme.test'), await anOwner(orgId, 'o2@acme.test')]
  const both = await Promise.all([ann, bob].map(({ id }) => members.update(prisma, orgId, id, { access: 'member' })))
  expect(both.filter((outcome) => outcome.ok)).toHaveLength(1)
  expect(both.find((outcome) => !outcome.ok)).toEqual({ ok: false, reason: 'last-owner' })
  const left = (await members.list(prisma, orgId)).find((member) => member.access === 'owner')
  if (!left) throw new Error('no owner left')
  expect(await members.remove(prisma, orgId, left.id, { keys: 'keep' })).toEqual({ ok: false, reason: 'last-owner' })
})

it('disables the keys of a person who leaves, and brings the person back as themselves', async () => {
  const { prisma } = database()
  const { orgId, memberId, keyId } = await aWorld(database())
  const email = (await members.one(prisma, orgId, memberId))?.email ?? ''
  expect(await members.remove(prisma, orgId, memberId, { keys: 'disable' })).toEqual({
    ok: true,
    value: { disabledKeys: 1 },
  })
  expect(await keys.one(prisma, orgId, keyId)).toMatchObject({ status: 'disabled' })
  expect(await members.list(prisma, orgId)).toEqual([])
  const back = value(await members.create(prisma, orgId, { email, name: 'Ann again', access: 'finance' }))
  expect(back).toMatchObject({ id: memberId, removedAt: null, access: 'finance', teams: [] })
})

it('counts people and keys of teams, and disables the keys of an archived one', async () => {
  const { prisma } = database()
  const { orgId, teamId, memberId, keyId } = await aWorld(database())
  expect(await teams.list(prisma, orgId)).toMatchObject([{ name: 'Platform', members: 1, keys: 1 }])
  expect(await teams.create(prisma, orgId, 'Platform')).toEqual({ ok: false, reason: 'taken' })
  const other = value(await teams.create(prisma, orgId, 'Data'))
  expect(await teams.rename(prisma, orgId, other.id, 'Platform')).toEqual({ ok: false, reason: 'taken' })
  expect(await teams.rename(prisma, orgId, other.id, 'Data & AI')).toEqual({ ok: true, value: true })
  expect(await teams.putMember(prisma, orgId, { teamId: other.id, memberId, lead: true })).toBe(true)
  expect(await teams.removeMember(prisma, orgId, { teamId, memberId })).toBe(true)
  expect((await members.one(prisma, orgId, memberId))?.teams).toEqual([{ id: other.id, name: 'Data & AI', lead: true }])
  expect(await teams.archive(prisma, orgId, teamId)).toEqual({ ok: true, value: { disabledKeys: 1 } })
  expect(await keys.one(prisma, orgId, keyId)).toMatchObject({ status: 'disabled' })
  expect((await teams.list(prisma, orgId)).map((team) => team.name)).toEqual(['Data & AI'])
})

it('shows another organisation no team, person, role or invitation', async () => {
  const { prisma } = database()
  const ours = await aWorld(database())
  const other = await aWorld(database())
  const login = await aLogin('only-ours@acme.test')
  value(await members.create(prisma, ours.orgId, { ...login, userId: login.id, access: 'owner' }))
  const otherSlug = (await organisations.one(prisma, other.orgId))?.slug ?? ''
  expect(await members.membershipOf(prisma, login.id, otherSlug)).toBeUndefined()
  expect(await members.one(prisma, other.orgId, ours.memberId)).toBeUndefined()
  expect(await members.update(prisma, other.orgId, ours.memberId, { name: 'Mallory' })).toEqual({
    ok: false,
    reason: 'not-found',
  })
  expect(await members.remove(prisma, other.orgId, ours.memberId, { keys: 'disable' })).toEqual({
    ok: false,
    reason: 'not-found',
  })
  expect(await teams.one(prisma, other.orgId, ours.teamId)).toBeUndefined()
  expect(await teams.rename(prisma, other.orgId, ours.teamId, 'x')).toEqual({ ok: false, reason: 'not-found' })
  expect(await teams.archive(prisma, other.orgId, ours.teamId)).toEqual({ ok: false, reason: 'not-found' })
  const place = { teamId: ours.teamId, memberId: other.memberId, lead: false }
  expect(await teams.putMember(prisma, other.orgId, place)).toBe(false)
  const role = value(await roles.create(prisma, ours.orgId, { name: 'Analyst', roleGroupId: null }))
  expect(await roles.list(prisma, other.orgId)).toEqual({ groups: [], ungrouped: [] })
  expect(await roles.change(prisma, other.orgId, role, { name: 'y', roleGroupId: null })).toEqual({
    ok: false,
    reason: 'not-found',
  })
  expect(await roles.remove(prisma, other.orgId, role)).toBe(false)
  expect(await members.update(prisma, other.orgId, other.memberId, { roleId: role })).toEqual({
    ok: false,
    reason: 'no-role',
  })
  const wish = { email: 'x@y.test', access: 'member', teamId: ours.teamId, invitedBy: other.memberId } as const
  expect(await invites.create(prisma, other.orgId, wish)).toEqual({ ok: false, reason: 'no-team' })
  const { invite } = value(await invites.create(prisma, ours.orgId, wish))
  expect(await invites.revoke(prisma, other.orgId, invite.id)).toBe(false)
  expect(await invites.list(prisma, other.orgId)).toEqual([])
})
