import { list as listAudit } from '@tollkeeper/db/audit'
import { create as createInvite } from '@tollkeeper/db/invites'
import type { Organisation } from '@tollkeeper/db/organisations'
import { create as createSetupLink } from '@tollkeeper/db/setup-links'
import { byEmail } from '@tollkeeper/db/users'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkIdentity } from '#server/identities.ts'
import { checkPassword } from '#server/passwords.ts'
import { makeAttemptLimit } from '#server/sign-in-limit.ts'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'

let bench: TestConsole
beforeAll(async () => {
  bench = await testConsole()
})
afterAll(() => bench.stop())

const ann = { name: 'Ann', email: 'Ann@Example.com', password: 'correct horse battery' }

describe('the set-up link', () => {
  it('makes the first account once, and an organisation follows with its owner and its policy', async () => {
    const db = bench.stores.database.prisma
    const token = (await createSetupLink(db))?.token ?? ''
    await expect(bench.stranger.setup.complete({ ...ann, token: `${token.slice(0, -1)}_` })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    await expect(bench.stranger.setup.complete({ ...ann, token, password: 'elevenchars' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await bench.stranger.setup.complete({ ...ann, token })
    await expect(bench.stranger.setup.complete({ ...ann, token, email: 'eve@example.com' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })

    const user = await byEmail(db, 'ann@example.com')
    expect([
      await checkPassword(user?.passwordHash ?? null, ann.password),
      await checkPassword(user?.passwordHash ?? null, 'wrong'),
    ]).toEqual([true, false])
    const owner = bench.callerOf({ userId: user?.id ?? '', email: 'ann@example.com', name: 'Ann' })
    const made = await owner.welcome.createOrganisation({ name: 'Acme & Söhne', timeZone: 'Europe/Berlin' })
    expect(await owner.settings.read({ org: made.slug })).toMatchObject({
      name: 'Acme & Söhne',
      timeZone: 'Europe/Berlin',
    })
    expect(await db.policyOutbox.count()).toBe(0)
  })
})

describe('an invitation', () => {
  let acme: Organisation
  let owner: Person
  beforeAll(async () => {
    acme = await bench.organisation('Inviting')
    owner = await bench.person(acme, 'owner')
  })

  const invite = async (email: string, access: 'member' | 'admin' = 'member') => {
    const made = await createInvite(bench.stores.database.prisma, acme.id, {
      email,
      access,
      teamId: null,
      invitedBy: owner.memberId,
    })
    if (!made.ok) throw new Error(made.reason)
    return made.value.token
  }

  it('makes an account for its address and works once', async () => {
    const token = await invite('Bob@example.com', 'admin')
    const bob = { token, name: 'Bob', password: 'correct horse battery' }
    expect(await bench.stranger.invite.join(bob)).toEqual({ slug: 'inviting', email: 'bob@example.com' })
    await expect(bench.stranger.invite.join(bob)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const user = await byEmail(bench.stores.database.prisma, 'bob@example.com')
    const api = bench.callerOf({ userId: user?.id ?? '', email: 'bob@example.com', name: 'Bob' })
    expect(await api.settings.read({ org: 'inviting' })).toMatchObject({ name: 'Inviting' })
    const [line] = (await listAudit(bench.stores.database.prisma, acme.id)).entries
    expect(line).toMatchObject({ action: 'invite.accept', actorName: 'Bob' })
  })

  it('is not accepted by another address', async () => {
    const token = await invite('carol@example.com')
    await expect(owner.api.invite.accept({ token })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('an OIDC identity', () => {
  const identity = { provider: 'oidc', name: 'Dan' }

  it('is linked by a verified address that is expected here, and by nothing else', async () => {
    const db = bench.stores.database.prisma
    const acme = await bench.organisation('Federated')
    const dan = await bench.person(acme, 'member')
    expect(await linkIdentity(db, { ...identity, subject: '1', email: null })).toBeUndefined()
    expect(await linkIdentity(db, { ...identity, subject: '1', email: 'nobody@example.com' })).toBeUndefined()
    expect(await linkIdentity(db, { ...identity, subject: '1', email: dan.session.email })).toBe(dan.session.userId)
    // From now on the provider's own id decides, whatever the address becomes.
    expect(await linkIdentity(db, { ...identity, subject: '1', email: null })).toBe(dan.session.userId)
  })
})

describe('guessing', () => {
  it('is stopped after 8 failures from one address for one account, and not for others', async () => {
    const limit = makeAttemptLimit(bench.stores.redis, 'test')
    for (let attempt = 0; attempt < 8; attempt += 1) {
      expect(await limit.waitSeconds('192.0.2.1', 'ann@example.com')).toBe(0)
      await limit.failed('192.0.2.1', 'ann@example.com')
    }
    expect(await limit.waitSeconds('192.0.2.1', 'ann@example.com')).toBeGreaterThan(0)
    expect(await limit.waitSeconds('192.0.2.2', 'ann@example.com')).toBe(0)
    expect(await limit.waitSeconds('192.0.2.1', 'bob@example.com')).toBe(0)
    await limit.succeeded('192.0.2.1', 'ann@example.com')
    expect(await limit.waitSeconds('192.0.2.1', 'ann@example.com')).toBe(0)
  })
})
