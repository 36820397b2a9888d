import type { Db } from './client.ts'
import type { PrismaClient } from './generated/client.ts'

/**
 * Runs `work` so that all of it happens or nothing. Inside a transaction it is a savepoint: a failure in `work` leaves
 * the outer transaction usable. The client's type hides this from transactions, though it can do it.
 */
export const atomic = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  (db as PrismaClient).$transaction((tx) => work(tx), { timeout: 30_000, maxWait: 10_000 })

/** Runs `work`, which only reads, on one state of the database, however long it takes and whatever is written meanwhile. */
export const snapshot = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  (db as PrismaClient).$transaction((tx) => work(tx), {
    isolationLevel: 'RepeatableRead',
    timeout: 30_000,
    maxWait: 10_000,
  })
