import { expect, it } from 'vitest'
import { testDatabase } from '../test/builders.ts'

const database = testDatabase()

it('survives a connection that is cut between two queries of a transaction, and tells whoever asks next', async () => {
  const { pool } = database()
  const client = await pool.connect()
  await client.query('BEGIN')
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const ended = new Promise((resolve) => client.once('end', resolve))
  await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
  await ended
  await expect(client.query('COMMIT')).rejects.toThrow(/not queryable|terminated|ended/i)
  client.release(true)
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})
