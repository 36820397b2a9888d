import { connectDatabase } from '@tollkeeper/db/client'
import { all as allOrganisations } from '@tollkeeper/db/organisations'
import { entriesPutAside } from '@tollkeeper/db/verification'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { readStores } from './env.ts'
import { verificationPorts } from './verification/ports.ts'
import { tableOf } from './verification/table.ts'
import { verifyOrganisation } from './verification/verify-organisation.ts'

/**
 * Verifies everything once, beside whatever runs, and writes nothing: `DATABASE_URL=… REDIS_URL=… node src/verify.ts`.
 * Exits with 1 and a table when anything differs, with 2 when it could not be verified.
 */
async function main(): Promise<number> {
  const env = readStores()
  const db = connectDatabase(env.DATABASE_URL, { maxConnections: 2 })
  const redis = connectRedis(env.REDIS_URL, { name: 'verify', commandTimeoutMs: 10_000 })
  try {
    await redisReady(redis)
    const ports = verificationPorts(db, redis)
    const rows: string[][] = []
    const sums = { counters: 0, amounts: 0, unknown: 0 }
    const organisations = await allOrganisations(db.prisma)
    for (const { id, name } of organisations) {
      const { checked, findings, amounts } = await verifyOrganisation(ports, id)
      sums.counters += checked
      sums.amounts += amounts.checked
      sums.unknown += amounts.unknown
      rows.push(...findings.map(({ check, where, expected, found }) => [name, check, where, expected, found]))
    }
    const aside = await entriesPutAside(db.prisma)
    if (aside > 0) rows.push(['–', 'stream', 'usage_dead', 'every entry recorded', `${aside} put aside`])
    const unknown = sums.unknown > 0 ? ` (${sums.unknown} have a price that is not in this database)` : ''
    const scale = `${organisations.length} organisations, ${sums.counters} counters, ${sums.amounts} charges${unknown}`
    if (rows.length === 0) {
      process.stdout.write(`Everything agrees: ${scale}.\n`)
      return 0
    }
    process.stdout.write(`${tableOf(['organisation', 'check', 'where', 'expected', 'found'], rows)}\n`)
    process.stdout.write(`${rows.length} things differ in ${scale}.\n`)
    return 1
  } finally {
    redis.disconnect()
    await db.close()
  }
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`Not verified: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  },
)
