import { append } from '@tollkeeper/db/audit'
import type { Organisation } from '@tollkeeper/db/organisations'
import { create as createTeam } from '@tollkeeper/db/teams'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accesses } from '#server/roles.ts'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'

let bench: TestConsole
let acme: Organisation
let globex: Organisation
let auditor: Person
const all = { org: 'acme', actor: null, action: null, after: null } as const

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  globex = await bench.organisation('Globex')
  auditor = await bench.person(acme, 'auditor')
  const db = bench.stores.database.prisma
  const team = await createTeam(db, acme.id, '<b>Research</b>')
  const target = team.ok ? `team:${team.value.id}` : ''
  for (let n = 0; n < 60; n += 1) {
    const by = n % 2 ? { actorId: 'mem_a', actorName: 'Ann' } : { actorId: 'mem_b', actorName: 'Bo' }
    const action = n % 3 ? 'team.rename' : 'key.revoke'
    await append(db, acme.id, { ...by, action, target, before: { name: `${n}` }, after: null }, new Date(1_000 * n))
  }
})
afterAll(() => bench.stop())

describe('the audit log', () => {
  it('goes through all entries page by page, newest first, each once', async () => {
    const first = await auditor.api.audit.list(all)
    const second = await auditor.api.audit.list({ ...all, after: first.next })
    expect([first.entries.length, second.entries.length, second.next]).toEqual([50, 10, null])
    const times = [...first.entries, ...second.entries].map((entry) => entry.at.getTime())
    expect(times).toEqual(Array.from({ length: 60 }, (_, n) => 1_000 * (59 - n)))
    expect(first.entries[0]).toMatchObject({ actorName: 'Ann', targetName: '<b>Research</b>', before: { name: '59' } })
  })

  it('is narrowed to somebody, to a noun, and to an action', async () => {
    const count = async (filter: object) => (await auditor.api.audit.list({ ...all, ...filter })).entries.length
    expect(await count({ actor: 'mem_a' })).toBe(30)
    expect(await count({ action: 'key' })).toBe(20)
    expect(await count({ action: 'team.rename', actor: 'mem_b' })).toBe(20)
    expect(await auditor.api.audit.choices({ org: 'acme' })).toEqual({
      actors: [
        { id: 'mem_a', name: 'Ann' },
        { id: 'mem_b', name: 'Bo' },
      ],
      actions: ['key.revoke', 'team.rename'],
    })
  })

  it.each(accesses)('as %s: is read exactly by those whom the matrix names', async (access) => {
    const { api } = await bench.person(acme, access)
    const outcome = (call: Promise<unknown>) =>
      call.then(
        () => 'yes',
        (error: { code: string }) => error.code,
      )
    const expected = ['owner', 'admin', 'auditor'].includes(access) ? 'yes' : 'FORBIDDEN'
    expect(await outcome(api.audit.list(all))).toBe(expected)
    expect(await outcome(api.audit.choices({ org: 'acme' }))).toBe(expected)
  })

  it('is not there for another organisation nor for strangers', async () => {
    const outsider = await bench.person(globex, 'owner')
    await expect(outsider.api.audit.list(all)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(outsider.api.audit.choices({ org: 'acme' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(bench.stranger.audit.list(all)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect((await outsider.api.audit.list({ ...all, org: 'globex', actor: 'mem_a' })).entries).toEqual([])
  })

  it.each([
    ['actor', "x' OR 1=1"],
    ['action', 'DROP TABLE'],
    ['after', { at: 'yesterday', id: 'x' }],
  ])('refuses %s = %j', async (field, value) => {
    await expect(auditor.api.audit.list({ ...all, [field]: value })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})
