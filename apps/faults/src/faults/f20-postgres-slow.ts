import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { unserved } from './seen.ts'

export const postgresSlow: Fault = {
  id: 'F20',
  title: 'Postgres late by 2 s, silent, refusing connections, and read-only',
  load: 'L1',
  async inflict({ plant, load, forMs, healed }) {
    const fromMs = Date.now()
    const links = plant.workers.map(({ postgres }) => postgres)
    const { pool } = plant.db
    for (const weather of [{ both: { latencyMs: 1_000 } }, { both: { hold: true } }]) {
      for (const link of links) link.set(weather)
      await sleep(0.15 * forMs)
      for (const link of links) link.calm()
    }
    for (const link of links) link.set({ door: 'refuse' })
    for (const link of links) link.reset()
    await sleep(0.1 * forMs)
    for (const link of links) link.calm()
    await pool.query('ALTER SYSTEM SET default_transaction_read_only = on')
    await pool.query('SELECT pg_reload_conf()')
    await sleep(0.15 * forMs)
    await pool.query('ALTER SYSTEM RESET default_transaction_read_only')
    await pool.query('SELECT pg_reload_conf()')
    healed()
    await sleep(0.2 * forMs)
    const failed = unserved(load.history, fromMs)
    return [{ name: 'no request failed for it', holds: failed.length === 0, told: `${failed.length} failed` }]
  },
}
