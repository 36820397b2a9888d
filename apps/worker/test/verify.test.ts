import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { until, type SpawnedProcess } from '@tollkeeper/testbed/processes'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import { spendingOrganisation, type Spending } from './spending-organisation.ts'
import { startWorker } from './worker-process.ts'

let postgres: DisposablePostgres
let redisServer: DisposableRedis
let worker: SpawnedProcess
let acme: Spending

beforeAll(async () => {
  redisServer = await disposableRedis()
})
afterAll(() => redisServer.stop())

beforeEach(async () => {
  postgres = await disposablePostgres()
  const stores = { postgres: postgres.url, redis: redisServer.url }
  acme = await spendingOrganisation(stores, { limit: 1_000_000_000n })
  await acme.redis.flushall()
  worker = await startWorker(stores, { VERIFY_EVERY_MS: '3600000' })
  for (let i = 0; i < 5; i += 1) await acme.spend(1_000n)
  await until(async () => (await ledgerRows()) === 5, { within: 20_000, what: 'five rows' })
})
afterEach(async () => {
  await worker.stop()
  await acme.stop()
  await postgres.stop()
})

const ledgerRows = () => acme.db.prisma.ledgerEntry.count({ where: { orgId: acme.orgId } })

/** `npm run verify` on these stores. */
async function verify(): Promise<{ code: number; out: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/verify.ts', import.meta.url))], {
    env: { DATABASE_URL: postgres.url, REDIS_URL: redisServer.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (out += bytes.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, out }
}

async function asOwner(sql: string): Promise<void> {
  const client = await acme.db.pool.connect()
  await client.query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`)
  client.release()
}

describe('verifying', () => {
  it('finds nothing while $0.000005 is recorded, 3 charges wait in the stream and one hold is open', async () => {
    await worker.stop()
    for (let i = 0; i < 3; i += 1) await acme.spend(2_000n)
    await acme.hold(50_000n)
    expect(await verify()).toMatchObject({
      code: 0,
      out: expect.stringContaining('Everything agrees: 1 organisations, 1 counters'),
    })
    expect(await ledgerRows()).toBe(5)
  })

  it('names the counter by scope and window, and what it and the ledger say', async () => {
    const [counter] = await acme.redis.keys(`b:*${acme.node().id}`)
    await acme.redis.hincrby(counter!, 'used', 5)
    await acme.redis.hincrby(counter!, 'held', 7)
    const { code, out } = await verify()
    expect(code).toBe(1)
    expect(out).toMatch(
      /counter +team “Data Science”, month from \d{4}-\d\d-01 +\$0\.000005000 in the ledger +\$0\.000005005 on/,
    )
    expect(out).toMatch(/hold +team “Data Science”.*\$0\.000000000 in open holds +\$0\.000000007 held/)
    expect(out).toContain('2 things differ')
  })

  it('names the row that was changed, the hourly sum that no longer fits, and what was put aside', async () => {
    const [row] = await acme.db.prisma.ledgerEntry.findMany({ orderBy: { chainPosition: 'asc' }, skip: 1, take: 1 })
    await asOwner(`UPDATE ledger_entry SET output_text = output_text + 1 WHERE event_id = '${row!.eventId}'`)
    await acme.db.prisma.usageDead.create({ data: { streamId: 's00:1', shard: 's00', payload: {}, error: 'odd' } })
    const { code, out } = await verify()
    expect(code).toBe(1)
    expect(out).toMatch(new RegExp(`chain +row 2 of .*${row!.eventId}.*was changed`))
    expect(out).toMatch(/roll-up +hourly sums .*1 that differ/)
    expect(out).toMatch(/stream +usage_dead .*1 put aside/)
  })

  it('names an answered request that nobody was charged for', async () => {
    const { orgId, keyId } = acme
    const base = {
      orgId,
      keyId,
      count: 1,
      dialect: 'openai-chat',
      stream: false,
      modelAsked: 'm',
      status: 200,
      attempts: 1,
      timeline: [],
      totalMs: 1,
      outcome: 'answered',
    }
    await acme.db.prisma.request.create({ data: { ...base, id: 'req_lost', at: new Date(Date.now() - 600_000) } })
    expect((await verify()).out).toMatch(/request +request req_lost +1 attempts +0 in the ledger/)
  })

  it('names a charge that is not its tokens times its price', async () => {
    const { db, orgId } = acme
    await db.prisma.priceOverride.create({
      data: {
        orgId,
        id: 'prc_1',
        providerId: 'prov_test',
        model: 'gpt-4o-mini',
        effectiveFrom: new Date(0),
        inputUncached: '1000',
        outputText: '2000',
      },
    })
    // 4 tokens in at 1 nano-USD, 6 out at 2: 16 nano-USD, but 1,000 were charged.
    await asOwner(`UPDATE ledger_entry SET price_version = 'override:prc_1'`)
    const { out } = await verify()
    expect(out.match(/price +row \S+ +\$0\.000000016 for its tokens +\$0\.000001000 charged/g)).toHaveLength(5)
  })

  it('says that it could not verify when a store is away', async () => {
    await redisServer.kill9()
    expect(await verify()).toMatchObject({ code: 2, out: expect.stringContaining('Not verified') })
    await redisServer.restart()
  })
})
