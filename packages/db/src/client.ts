import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient, type Prisma } from './generated/client.ts'

/** A connection or a transaction: what every verb takes first. */
export type Db = PrismaClient | Prisma.TransactionClient

/** One process's access to Postgres. Prisma and the bulk writers share the pool. */
export type Database = {
  readonly prisma: PrismaClient
  readonly pool: pg.Pool
  /** Waits for running queries, then closes every connection. */
  close(): Promise<void>
}

export type DatabaseOptions = {
  /** Connections of the pool, 10 unless told. */
  readonly maxConnections?: number
  /**
   * Gives a statement up after this long, on the server, and soon after here if that does not answer; and a transaction
   * whose owner says nothing for so long, since it may be stopped or gone and others wait for its rows. Never unless told.
   */
  readonly statementTimeoutMs?: number
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void
}

/**
 * Connects lazily: the first query opens a connection, so that a process can start while Postgres is away.
 * `url` is a postgres:// address.
 */
export function connectDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    ...(options.statementTimeoutMs !== undefined && {
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: options.statementTimeoutMs,
      query_timeout: options.statementTimeoutMs + 1_000,
    }),
  })
  // Without a listener an idle connection that the server cuts would end the process.
  pool.on('error', options.onIdleError ?? (() => {}))
  // The same for one that is cut between two queries of a transaction: the next query tells whoever has it.
  pool.on('connect', (client) => void client.on('error', () => {}))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    prisma,
    pool,
    async close() {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}
