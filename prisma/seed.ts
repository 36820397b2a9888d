import { writeFile } from 'node:fs/promises'
import { connectDatabase, type Database } from '@tollkeeper/db/client'
import { migrate } from '@tollkeeper/db/migrate'
import * as organisations from '@tollkeeper/db/organisations'
import { acme, globex } from './seed/companies.ts'
import { writeDiary } from './seed/diary.ts'
import { seedOptions, type SeedOptions } from './seed/env.ts'
import { clearGround } from './seed/ground.ts'
import { writeHistory } from './seed/history.ts'
import { setLimits } from './seed/limits.ts'
import { settle, type Settled } from './seed/settle.ts'

/**
 * The demo: two organisations with people, keys, budgets and 90 days of history up to now. Touches no database that has
 * organisations already. Prints what it made as one line of JSON.
 */
async function seed(database: Database, options: SeedOptions): Promise<Record<string, number>> {
  const settled: Settled[] = []
  for (const company of [acme, globex]) settled.push(await settle(database, company, options))
  const made = { organisations: settled.length, people: 0, keys: 0, budgets: 0, requests: 0, ledgerRows: 0 }
  for (const each of settled) {
    const { requests, ledgerRows } = await writeHistory(database, each, options)
    made.budgets += await setLimits(database, each, options.now)
    await writeDiary(database, each, options.now)
    made.people += each.memberIds.size
    made.keys += each.spenders.length + 1
    made.requests += requests
    made.ledgerRows += ledgerRows
  }
  await database.pool.query('ANALYZE')
  await tell(options.outputFile, settled)
  for (const { orgId } of settled) await organisations.setSuspended(database.prisma, orgId, false)
  return made
}

async function tell(file: string | undefined, settled: readonly Settled[]): Promise<void> {
  if (file === undefined) return
  const demo = { logins: settled.flatMap((each) => each.logins), keys: settled.map((each) => each.demoKey) }
  await writeFile(file, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 })
}

const options = seedOptions()
await migrate(options.databaseUrl)
const database = connectDatabase(options.databaseUrl, { maxConnections: 4 })
try {
  if (await clearGround(database)) console.log(JSON.stringify(await seed(database, options)))
  else {
    console.error('The database is in use already: the demo is only made in an empty one.')
    process.exitCode = 1
  }
} finally {
  await database.close()
}
// The migrations' engine leaves a timer behind, which would keep the process for 10 s.
process.exit()
