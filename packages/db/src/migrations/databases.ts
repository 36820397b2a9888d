import { randomBytes } from 'node:crypto'
import pg from 'pg'

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(database)}`
  return changed.href
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Gives `work` an empty database beside the one of `url` and drops it afterwards. */
export async function withShadowDatabase<T>(url: string, work: (shadowUrl: string) => Promise<T>): Promise<T> {
  const name = `shadow_${randomBytes(8).toString('hex')}`
  const admin = (sql: string) => withClient(url, (client) => client.query(sql))
  await admin(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  try {
    return await work(withDatabase(url, name))
  } finally {
    await admin(`DROP DATABASE ${pg.escapeIdentifier(name)} WITH (FORCE)`)
  }
}
