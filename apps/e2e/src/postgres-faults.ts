import type { Ready } from '@tollkeeper/testbed/product'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** Runs `work` while every process of the product's Postgres stands still: it neither answers nor refuses. */
export async function withPostgresStopped(product: Ready, work: () => Promise<void>): Promise<void> {
  const server = await serverOf(product)
  // The first of them would start others in the place of those that stand still.
  const pids = [server, ...childrenOf(server)]
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  try {
    await work()
  } finally {
    for (const pid of pids.toReversed()) process.kill(pid, 'SIGCONT')
  }
}

/** Runs `work` while nobody can add to the ledger: who tries waits until they give up. Reading goes on. */
export async function withRecordingBlocked(product: Ready, work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: product.postgres })
  await client.connect()
  try {
    await client.query('BEGIN; LOCK TABLE ledger_chain IN SHARE MODE')
    await work()
  } finally {
    await client.end()
  }
}

async function serverOf(product: Ready): Promise<number> {
  const client = new pg.Client({ connectionString: product.postgres })
  await client.connect()
  try {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    const [pid] = readFileSync(join(rows[0]?.data_directory ?? '', 'postmaster.pid'), 'utf8').split('\n')
    return Number(pid)
  } finally {
    await client.end()
  }
}

/** Processes that one has started, by what /proc says of each. */
const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number)

function parentOf(pid: string): number | undefined {
  try {
    // The name of a process is in parentheses and may hold anything.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}
