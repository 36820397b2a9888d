import { list as auditLines } from '@tollkeeper/db/audit'
import { set as setBudget } from '@tollkeeper/db/budgets'
import { one as oneKey } from '@tollkeeper/db/keys'
import { one as oneMember } from '@tollkeeper/db/members'
import type { Organisation } from '@tollkeeper/db/organisations'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testKey } from '#server/test-usage.ts'

let bench: TestConsole
let acme: Organisation
let owner: Person
let admin: Person
let member: Person
let auditor: Person
let stranger: Person

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  owner = await bench.person(acme, 'owner')
  admin = await bench.person(acme, 'admin')
  member = await bench.person(acme, 'member')
  auditor = await bench.person(acme, 'auditor')
  stranger = await bench.person(await bench.organisation('Globex'), 'owner')
})
afterAll(() => bench.stop())

const db = () => bench.stores.database.prisma
const org = () => ({ org: acme.slug })

async function aTeam(name: string) {
  await owner.api.teams.createTeam({ ...org(), name })
  const { teams } = await owner.api.teams.all(org())
  return teams.find((team) => team.name === name)!
}

const asIs = { access: 'member' as const, roleId: null, teamIds: [], leads: [] }

describe('teams', () => {
  it('are created, renamed and listed, and each change is in the audit log', async () => {
    const team = await aTeam('Platform')
    await owner.api.teams.renameTeam({ ...org(), id: team.id, name: 'Platform Engineering' })
    const { teams } = await auditor.api.teams.all(org())
    expect(teams.map(({ name }) => name)).toContain('Platform Engineering')
    const { entries } = await auditLines(db(), acme.id, { target: `team:${team.id}` })
    expect(entries.map(({ action }) => action)).toEqual(['team.rename', 'team.create'])
  })

  it('have names of their own, of visible characters, up to 64', async () => {
    await aTeam('Research')
    await expect(owner.api.teams.createTeam({ ...org(), name: 'Research' })).rejects.toMatchObject({ code: 'CONFLICT' })
    for (const name of ['', ' ', 'a\u202Eb', 'a\u200Bb', 'x'.repeat(65)]) {
      await expect(owner.api.teams.createTeam({ ...org(), name })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    }
  })

  it('stop their keys and end their limits when they are archived', async () => {
    const team = await aTeam('Short-lived')
    const key = await testKey(bench.stores, { orgId: acme.id, teamId: team.id })
    await setBudget(db(), acme.id, {
      scope: { kind: 'team', id: team.id },
      period: 'day',
      limit: 1n,
      mode: 'hard',
      sharing: 'pool',
    })
    await owner.api.teams.archiveTeam({ ...org(), id: team.id })
    expect((await oneKey(db(), acme.id, key.keyId))?.status).toBe('disabled')
  })

  it('are not for members, and for another organisation they do not exist', async () => {
    await expect(member.api.teams.createTeam({ ...org(), name: 'Mine' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(auditor.api.teams.createTeam({ ...org(), name: 'Mine' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(stranger.api.teams.all(org())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const team = await aTeam('Secret')
    const own = await stranger.api.teams.archiveTeam({ org: 'globex', id: team.id }).catch((error: unknown) => error)
    expect(own).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('people', () => {
  it('get teams, and leads manage who is in theirs but not what people may do', async () => {
    const team = await aTeam('Data Science')
    const lead = await bench.person(acme, 'lead', team.id)
    const joins = { ...org(), id: member.memberId, ...asIs, teamIds: [team.id] }
    await expect(lead.api.teams.changePerson(joins)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await owner.api.teams.changePerson(joins)
    await lead.api.teams.changePerson({ ...joins, leads: [team.id] })
    expect((await oneMember(db(), acme.id, member.memberId))?.teams).toMatchObject([
      { name: 'Data Science', lead: true },
    ])
    await expect(
      lead.api.teams.changePerson({ ...org(), id: member.memberId, ...asIs, access: 'admin', teamIds: [team.id] }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const other = await aTeam('Other')
    await expect(
      lead.api.teams.changePerson({ ...org(), id: member.memberId, ...asIs, teamIds: [team.id, other.id] }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('cannot be made owners by an admin, and the last owner stays one', async () => {
    await expect(
      admin.api.teams.changePerson({ ...org(), id: member.memberId, ...asIs, access: 'owner' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(
      owner.api.teams.changePerson({ ...org(), id: owner.memberId, ...asIs, access: 'admin' }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(admin.api.teams.removePerson({ ...org(), id: owner.memberId })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  it('lose access and their keys when they are removed', async () => {
    const team = await aTeam('Leavers')
    const leaver = await bench.person(acme, 'member')
    const key = await testKey(bench.stores, {
      orgId: acme.id,
      teamId: team.id,
      memberId: leaver.memberId,
      name: 'laptop',
    })
    expect(await owner.api.teams.keysOf({ ...org(), id: leaver.memberId })).toMatchObject([{ name: 'laptop' }])
    await owner.api.teams.removePerson({ ...org(), id: leaver.memberId })
    expect((await oneKey(db(), acme.id, key.keyId))?.status).toBe('disabled')
    await expect(leaver.api.keys.teams(org())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('are invited with an access no wider than the inviter’s, and the invitation can be withdrawn', async () => {
    await expect(
      admin.api.teams.invite({ ...org(), email: 'ann@example.com', access: 'owner', teamId: '' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const made = await admin.api.teams.invite({ ...org(), email: 'Ann@Example.com', access: 'member', teamId: '' })
    expect(made.token.length).toBeGreaterThanOrEqual(43)
    const { invites } = await admin.api.teams.all(org())
    const invite = invites.find(({ email }) => email === 'ann@example.com')!
    await admin.api.teams.revokeInvite({ ...org(), id: invite.id })
    expect((await admin.api.teams.all(org())).invites).not.toContainEqual(invite)
    await expect(admin.api.teams.revokeInvite({ ...org(), id: invite.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it.each(['a@x.com,b@y.com', 'a@x.com>b', 'not an address', `${'a'.repeat(320)}@x.com`])(
    'are not invited at %j',
    async (email) => {
      await expect(owner.api.teams.invite({ ...org(), email, access: 'member', teamId: '' })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      })
    },
  )
})

describe('job roles', () => {
  it('live in groups, are given to people, and go away without taking people along', async () => {
    await owner.api.teams.createGroup({ ...org(), name: 'Engineering' })
    const { roles } = await owner.api.teams.all(org())
    const group = roles.groups.find(({ name }) => name === 'Engineering')!
    await owner.api.teams.createRole({ ...org(), name: 'Backend engineer', roleGroupId: group.id })
    const role = (await owner.api.teams.all(org())).roles.groups[0]!.roles[0]!
    await owner.api.teams.changePerson({ ...org(), id: member.memberId, ...asIs, roleId: role.id })
    expect((await oneMember(db(), acme.id, member.memberId))?.role).toMatchObject({
      name: 'Backend engineer',
      group: { name: 'Engineering' },
    })
    await owner.api.teams.removeRole({ ...org(), id: role.id })
    expect((await oneMember(db(), acme.id, member.memberId))?.role).toBeNull()
  })
})
