import type { Database } from '@tollkeeper/db/client'
import * as keys from '@tollkeeper/db/keys'
import * as members from '@tollkeeper/db/members'
import * as organisations from '@tollkeeper/db/organisations'
import { hashPassword } from '@tollkeeper/db/password-hash'
import * as providers from '@tollkeeper/db/providers'
import * as roles from '@tollkeeper/db/roles'
import * as teams from '@tollkeeper/db/teams'
import type { Outcome } from '@tollkeeper/db/outcome'
import * as users from '@tollkeeper/db/users'
import { hashKey, newestPepper, newKeyText, type Peppers } from '@tollkeeper/domain/key'
import type { KeyId, MemberId, OrgId, ProviderId, RoleGroupId, RoleId, TeamId } from '@tollkeeper/domain/id'
import type { ScopeIds } from '@tollkeeper/domain/scope'
import { acme, addressOf, type Company, type Person, type Service } from './companies.ts'
import { simulatedModels } from './models.ts'
import { randomOf } from './random.ts'

const dayMs = 86_400_000

/** Somebody or something with a key, and how it uses it. */
export type Spender = { scopes: ScopeIds; name: string; person: Person | null; service: Service | null; share: number }

/** A company in the database. */
export type Settled = {
  company: Company
  orgId: OrgId
  providerId: ProviderId
  spenders: Spender[]
  teamIds: ReadonlyMap<string, TeamId>
  roleIds: ReadonlyMap<string, { id: RoleId; groupId: RoleGroupId }>
  groupIds: ReadonlyMap<string, RoleGroupId>
  memberIds: ReadonlyMap<string, MemberId>
  logins: { role: string; email: string; password: string }[]
  demoKey: { name: string; secret: string; organisation: string; team: string }
}

export type SettleOptions = { now: Date; seed: number; peppers: Peppers; simulatorUrl: string }

/** The value of a change that cannot be refused here. */
export function made<T>(outcome: Outcome<T, string>): T {
  if (!outcome.ok) throw new Error(`The demo is not consistent: ${outcome.reason}`)
  return outcome.value
}

/** Makes a company with its provider, teams, roles, people and keys. Until its history is written it is suspended. */
export async function settle(database: Database, company: Company, options: SettleOptions): Promise<Settled> {
  const db = database.prisma
  const began = new Date(options.now.getTime() - 95 * dayMs)
  const { id: orgId } = await organisations.create(db, { name: company.name, timeZone: company.timeZone, demo: true })
  await organisations.setSuspended(db, orgId, true)
  await db.organisation.update({ where: { id: orgId }, data: { createdAt: began } })
  const provider = await providers.create(
    db,
    orgId,
    { name: 'Simulated', kind: 'simulator', baseUrl: `${options.simulatorUrl}/v1`, credential: null },
    began,
  )
  await providers.addModels(db, orgId, provider, simulatedModels, began)

  const teamIds = new Map<string, TeamId>()
  for (const name of company.teams) teamIds.set(name, made(await teams.create(db, orgId, name)).id)
  const groupIds = new Map<string, RoleGroupId>()
  const roleIds = new Map<string, { id: RoleId; groupId: RoleGroupId }>()
  for (const [group, names] of Object.entries(company.roles)) {
    const groupId = made(await roles.createGroup(db, orgId, group))
    groupIds.set(group, groupId)
    for (const name of names) {
      roleIds.set(name, { id: made(await roles.create(db, orgId, { name, roleGroupId: groupId })), groupId })
    }
  }
  const place = { company, orgId, teamIds, roleIds, began }
  const { memberIds, logins } = await settlePeople(database, place)
  const { spenders, demoKey } = await settleKeys(database, { ...place, memberIds }, options)
  return {
    company,
    orgId,
    providerId: provider.id,
    spenders,
    teamIds,
    roleIds,
    groupIds,
    memberIds,
    logins,
    demoKey,
  }
}

type Place = Pick<Settled, 'company' | 'orgId' | 'teamIds' | 'roleIds'> & { began: Date }

async function settlePeople(database: Database, { company, orgId, teamIds, roleIds, began }: Place) {
  const db = database.prisma
  const memberIds = new Map<string, MemberId>()
  const logins: Settled['logins'] = []
  for (const person of company.people) {
    const email = addressOf(company, person)
    const { name, access = 'member', password } = person
    const passwordHash = password === undefined ? null : await hashPassword(password)
    const login = passwordHash && (await users.create(db, { email, name, passwordHash, emailVerified: began }))
    if (password !== undefined) logins.push({ role: loginRole(company, access), email, password })
    const teamId = person.team === null ? undefined : teamIds.get(person.team)
    const member = made(
      await members.create(db, orgId, {
        email,
        name,
        access,
        roleId: roleIds.get(person.role)?.id ?? null,
        teamIds: teamId === undefined ? [] : [teamId],
        ...(login ? { userId: login.id } : {}),
      }),
    )
    if (teamId !== undefined && person.leads) {
      await teams.putMember(db, orgId, { teamId, memberId: member.id, lead: true })
    }
    memberIds.set(name, member.id)
  }
  await db.member.updateMany({ where: { orgId }, data: { createdAt: began } })
  return { memberIds, logins }
}

/** How a login is announced: the first company's people by what they are, others' with their company. */
function loginRole(company: Company, access: string): string {
  const role = access === 'member' ? 'developer' : access
  return company === acme ? role : `${role} of ${company.name}`
}

type KeyWish = { name: string; team: string; person: Person | null; service: Service | null; share: number }

/** The keys of a company: one or two per person who uses models, one per service, and the demo key. */
function keyWishes(company: Company): KeyWish[] {
  const wishes = company.people.flatMap((person, index): KeyWish[] => {
    if (person.team === null || person.habit === 'none') return []
    const [first = ''] = person.name.split(' ')
    const own = { team: person.team, person, service: null }
    // Every second coder has another key, for an editor, which takes a part of the work.
    if (person.habit !== 'coder' || index % 2 === 1) return [{ ...own, name: `${first}'s laptop`, share: 1 }]
    return [
      { ...own, name: `${first}'s laptop`, share: 0.7 },
      { ...own, name: `${first}'s editor`, share: 0.3 },
    ]
  })
  return [
    ...wishes,
    ...company.services.map((service) => ({ name: service.name, team: service.team, person: null, service, share: 1 })),
  ]
}

async function settleKeys(
  database: Database,
  place: Place & Pick<Settled, 'memberIds'>,
  options: SettleOptions,
): Promise<Pick<Settled, 'spenders' | 'demoKey'>> {
  const { company, orgId, teamIds, roleIds, memberIds, began } = place
  const random = randomOf(options.seed, company.name, 'keys')
  const spenders: Spender[] = []
  for (const wish of keyWishes(company)) {
    const teamId = teamIds.get(wish.team)
    if (teamId === undefined) throw new Error(`No team ${wish.team}`)
    const memberId = wish.person === null ? null : (memberIds.get(wish.person.name) ?? null)
    const createdAt = new Date(began.getTime() + random.whole(1, 4 * 86_400) * 1_000)
    const { id } = await makeKey(database, orgId, {
      ...newSecret(options.peppers),
      name: wish.name,
      teamId,
      memberId,
      expiresAt: endOf(wish.service, options.now),
      quota: null,
      createdAt,
    })
    await endKey(database, orgId, id, wish.service, options.now)
    const role = wish.person === null ? undefined : roleIds.get(wish.person.role)
    const scopes = {
      orgId,
      teamId,
      roleGroupId: role?.groupId ?? null,
      roleId: role?.id ?? null,
      userId: memberId,
      keyId: id,
    }
    spenders.push({ scopes, name: wish.name, person: wish.person, service: wish.service, share: wish.share })
  }
  return { spenders, demoKey: await makeDemoKey(database, place, options) }
}

/** The only key whose text is told. It is new with every seeding. */
async function makeDemoKey(
  database: Database,
  { company, orgId, teamIds }: Place,
  { now, peppers }: SettleOptions,
): Promise<Settled['demoKey']> {
  const teamId = teamIds.get(company.demoKeyTeam)
  if (teamId === undefined) throw new Error(`No team ${company.demoKeyTeam}`)
  const secret = newSecret(peppers)
  await makeKey(database, orgId, {
    ...secret,
    name: 'Demo key',
    teamId,
    memberId: null,
    expiresAt: null,
    quota: { limit: 25_000_000_000n, period: 'month' },
    createdAt: now,
  })
  return { name: 'Demo key', secret: secret.text, organisation: company.name, team: company.demoKeyTeam }
}

/** A key's text and what is stored of it. Never from the seed: whoever knows that must not know a key. */
function newSecret(peppers: Peppers) {
  const key = newKeyText((count) => crypto.getRandomValues(new Uint8Array(count)))
  const pepperVersion = newestPepper(peppers)
  return { ...key, pepperVersion, hash: hashKey(key.text, peppers, pepperVersion) }
}

type WantedKey = ReturnType<typeof newSecret> &
  Pick<keys.NewKey, 'name' | 'teamId' | 'memberId' | 'expiresAt' | 'quota'> & { createdAt: Date }

async function makeKey(database: Database, orgId: OrgId, wanted: WantedKey): Promise<keys.ApiKey> {
  const { text: _, createdAt, ...stored } = wanted
  const key = { ...stored, allowedModels: null, createdBy: 'Anton Berg' }
  return made(await keys.create(database.prisma, orgId, key, createdAt))
}

function endOf(service: Service | null, now: Date): Date | null {
  if (service?.end === 'expired') return new Date(now.getTime() - 12 * dayMs)
  return service?.end === 'expiring' ? new Date(now.getTime() + 5 * dayMs) : null
}

async function endKey(database: Database, orgId: OrgId, id: KeyId, service: Service | null, now: Date): Promise<void> {
  const at = new Date(now.getTime() - 20 * dayMs)
  if (service?.end === 'revoked') made(await keys.revoke(database.prisma, orgId, id, at))
  if (service?.end === 'disabled') made(await keys.disable(database.prisma, orgId, id, at))
}
