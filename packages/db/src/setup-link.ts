import { connectDatabase } from './client.ts'
import { databaseUrl } from './env.ts'
import { create } from './setup-links.ts'

/**
 * Makes the link of the first administrator: prints `{"token":"…","expiresAt":"…"}`, or `{"token":null}` when somebody
 * can sign in already. Run as `DATABASE_URL=… node src/setup-link.ts`.
 */
const database = connectDatabase(databaseUrl(), { maxConnections: 1 })
try {
  console.log(JSON.stringify((await create(database.prisma)) ?? { token: null }))
} finally {
  await database.close()
}
