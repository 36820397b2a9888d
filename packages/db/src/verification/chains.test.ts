import { expect, it } from 'vitest'
import { anAttempt, aWorld, entriesOf, testDatabase } from '../../test/builders.ts'
import { atomic } from '../atomic.ts'
import type { Db } from '../client.ts'
import { recordUsage } from '../ledger/index.ts'
import { brokenChains, unchainedRows } from './index.ts'

const database = testDatabase()

/** What only somebody with the rights of the server can do: the triggers look away. */
const tamper = (work: (tx: Db) => Promise<unknown>) =>
  atomic(database().prisma, async (tx) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`
    await work(tx)
  })

async function chained(events = 5) {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  for (let i = 0; i < events; i += 1) {
    await recordUsage(
      pool,
      entriesOf(anAttempt(world, { attemptId: `${world.orgId}-${i}`, nodes: ['a~-~1', 'b~-~1'], model: 'gpt "ö" \\' })),
    )
  }
  return { ...world, prisma, pool }
}

it('finds nothing wrong with what was recorded, and knows the row that somebody changed', async () => {
  const { prisma, orgId } = await chained()
  expect(await brokenChains(prisma, orgId)).toEqual([])
  await tamper((tx) => tx.ledgerEntry.update({ where: { eventId: `${orgId}-2:final` }, data: { amountNano: 999n } }))
  expect(await brokenChains(prisma, orgId)).toEqual([
    { day: expect.any(String), position: 3, eventId: `${orgId}-2:final`, why: 'changed' },
  ])
})

it('notices a row that is gone, at the end too, and a chain whose end is gone', async () => {
  const [inner, last, end] = [await chained(), await chained(), await chained()]
  const { prisma } = inner
  await tamper((tx) => tx.ledgerEntry.delete({ where: { eventId: `${inner.orgId}-1:final` } }))
  await tamper((tx) => tx.ledgerEntry.delete({ where: { eventId: `${last.orgId}-4:final` } }))
  await tamper((tx) => tx.ledgerChain.deleteMany({ where: { orgId: end.orgId } }))
  expect(await brokenChains(prisma, inner.orgId)).toMatchObject([{ position: 2, why: 'row-missing' }])
  expect(await brokenChains(prisma, last.orgId)).toMatchObject([{ position: 5, why: 'row-missing' }])
  expect(await brokenChains(prisma, end.orgId)).toMatchObject([
    { position: 1, eventId: `${end.orgId}-0:final`, why: 'end-missing' },
  ])
})

it('notices an end that does not belong to the last row', async () => {
  const { prisma, orgId } = await chained()
  await prisma.ledgerChain.updateMany({ where: { orgId }, data: { hash: 'f'.repeat(64) } })
  expect(await brokenChains(prisma, orgId)).toMatchObject([{ position: 5, why: 'end-differs' }])
})

it('knows a row that was put beside the chain', async () => {
  const { prisma, orgId } = await chained()
  const row = await prisma.ledgerEntry.findUniqueOrThrow({ where: { eventId: `${orgId}-0:final` } })
  const loose = { ...row, chainDay: null, chainPosition: null, chainHash: null }
  await prisma.ledgerEntry.create({ data: { ...loose, eventId: `${orgId}-a`, recordedAt: new Date('2020-01-01') } })
  expect(await unchainedRows(prisma, orgId)).toEqual({ count: 0, first: null })
  const later = new Date(Date.now() + 3 * 86_400_000)
  await prisma.ledgerEntry.create({ data: { ...loose, eventId: `${orgId}-b`, recordedAt: later } })
  expect(await unchainedRows(prisma, orgId)).toEqual({ count: 1, first: `${orgId}-b` })
})

it('keeps each organisation’s chain whole while six workers record the same events in their own orders', async () => {
  const { pool, prisma } = database()
  const worlds = [await aWorld(database()), await aWorld(database()), await aWorld(database())] as const
  const events = Array.from({ length: 600 }, (_, index) => {
    const amount = BigInt(index)
    return anAttempt(worlds[index % 3] ?? worlds[0], { amount })
  })
  const turned = (by: number) => [...events.slice(by), ...events.slice(0, by)]
  await Promise.all(
    [0, 100, 250, 300, 431, 599].map(async (by) => {
      const mine = turned(by)
      for (let from = 0; from < mine.length; from += 60)
        await recordUsage(pool, entriesOf(...mine.slice(from, from + 60)))
    }),
  )
  for (const { orgId } of worlds) {
    expect(await brokenChains(prisma, orgId)).toEqual([])
    expect((await prisma.ledgerChain.findMany({ where: { orgId } })).map((chain) => chain.length)).toEqual([200])
  }
})

it('records as a role that may not change, delete or empty what it recorded', async () => {
  const world = await aWorld(database())
  const { pool } = database()
  const client = await pool.connect()
  await client.query(`CREATE FUNCTION only_the_appender() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF current_user <> 'tollkeeper_ledger' THEN RAISE '% is not the role that records', current_user; END IF;
    RETURN NEW; END $$`)
  await client.query(
    'CREATE TRIGGER only_the_appender BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION only_the_appender()',
  )
  expect(await recordUsage(pool, entriesOf(anAttempt(world)))).toMatchObject({ ledgerRows: 1 })
  await client.query('DROP TRIGGER only_the_appender ON ledger_entry')
  const denied = async (sql: string) => {
    await client.query('BEGIN; SET LOCAL ROLE tollkeeper_ledger')
    await expect(client.query(sql)).rejects.toThrow('permission denied')
    await client.query('ROLLBACK')
  }
  for (const table of ['ledger_entry', 'audit_entry']) {
    await denied(`UPDATE ${table} SET org_id = 'x'`)
    await denied(`DELETE FROM ${table}`)
    await denied(`TRUNCATE ${table}`)
  }
  await denied('DELETE FROM ledger_chain')
  await denied('UPDATE api_key SET status = $$active$$')
  await client.query('BEGIN; SET LOCAL ROLE tollkeeper_ledger')
  await client.query('SELECT count(*) FROM ledger_entry')
  await client.query('ROLLBACK')
  client.release()
})
