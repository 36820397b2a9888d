import { afterAll, beforeAll, expect, it } from 'vitest'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { migrate } from './migrate.ts'
import { withClient, withShadowDatabase } from './migrations/databases.ts'
import { missingMigration } from './migrations/difference.ts'
import { readMigrations } from './migrations/folder.ts'

let postgres: DisposablePostgres
beforeAll(async () => {
  postgres = await disposablePostgres()
})
afterAll(() => postgres.stop())

it('brings an empty database to the newest migration, once', async () => {
  const all = (await readMigrations()).migrationDirectories.map((directory) => directory.path)
  await withShadowDatabase(postgres.url, async (empty) => {
    expect((await migrate(empty)).applied).toEqual(all)
    expect((await migrate(empty)).applied).toEqual([])
    const tables = await withClient(empty, (client) =>
      client.query<{ name: string }>(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_name = 'ledger_entry'",
      ),
    )
    expect(tables.rows).toEqual([{ name: 'ledger_entry' }])
  })
})

it('lets two starts migrate at the same time: one works, the other finds nothing to do', async () => {
  await withShadowDatabase(postgres.url, async (empty) => {
    const runs = await Promise.all([migrate(empty), migrate(empty)])
    const counts = runs.map((run) => run.applied.length)
    expect(Math.min(...counts)).toBe(0)
    expect(Math.max(...counts)).toBe((await readMigrations()).migrationDirectories.length)
  })
})

it('has a migration for everything in schema.prisma', async () => {
  expect(await missingMigration(postgres.url)).toBeUndefined()
})

it('refuses to change or delete a ledger row or an audit entry', async () => {
  await withClient(postgres.url, async (client) => {
    await client.query(
      `INSERT INTO audit_entry (org_id, id, actor_name, action, target) VALUES ('o', 'a', 'Ann', 'x', 'y')`,
    )
    await expect(client.query(`UPDATE audit_entry SET actor_name = 'Bob'`)).rejects.toThrow('only ever added to')
    await expect(client.query('DELETE FROM audit_entry')).rejects.toThrow('only ever added to')
  })
})

it('sets the recording role up for a migrator that is no superuser, also where another database did it before', async () => {
  await withShadowDatabase(postgres.url, async (empty) => {
    const database = new URL(empty).pathname.slice(1)
    const login = `migrator_${database}`
    await withClient(postgres.url, (client) =>
      client.query(`CREATE ROLE ${login} LOGIN PASSWORD 'x' CREATEROLE; ALTER DATABASE ${database} OWNER TO ${login};
        GRANT tollkeeper_ledger TO ${login} WITH ADMIN OPTION`),
    )
    const url = new URL(empty)
    url.username = login
    url.password = 'x'
    await migrate(url.href)
    const rows = await withClient(url.href, async (client) => {
      await client.query('BEGIN; SET LOCAL ROLE tollkeeper_ledger')
      return (await client.query('SELECT event_id FROM ledger_entry')).rows
    })
    expect(rows).toEqual([])
    await withClient(postgres.url, (client) =>
      client.query(`ALTER DATABASE ${database} OWNER TO CURRENT_USER; REASSIGN OWNED BY ${login} TO CURRENT_USER`),
    )
    await withClient(empty, (client) =>
      client.query(`REASSIGN OWNED BY ${login} TO CURRENT_USER; DROP OWNED BY ${login}`),
    )
    await withClient(postgres.url, (client) => client.query(`DROP OWNED BY ${login}; DROP ROLE ${login}`))
  })
})
