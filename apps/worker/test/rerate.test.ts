import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { set as setBudget } from '@tollkeeper/db/budgets'
import { recordUsage } from '@tollkeeper/db/ledger'
import { addOverride } from '@tollkeeper/db/prices'
import { list, preview, start } from '@tollkeeper/db/reratings'
import { total } from '@tollkeeper/db/rollups'
import { brokenChains, ledgerNodes, rollupDrift, wrongAmounts } from '@tollkeeper/db/verification'
import { priceOfVersion } from '@tollkeeper/db/prices'
import type { ProviderId } from '@tollkeeper/domain/id'
import { readBalances } from '@tollkeeper/redis/balances'
import { makeShardKeeper } from '@tollkeeper/redis/shard-keeper'
import { allShards, shardOf } from '@tollkeeper/redis/shards'
import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { until, type SpawnedProcess } from '@tollkeeper/testbed/processes'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rerateUsage } from '../src/jobs/rerate-usage.ts'
import { makeLog } from '../src/observe.ts'
import { reratingPorts } from '../src/ports/reratings.ts'
import { spendingOrganisation, type Spending } from './spending-organisation.ts'
import { startWorker } from './worker-process.ts'

// Every attempt here uses 4 tokens in and 6 out.
let postgres: DisposablePostgres
let redisServer: DisposableRedis
let stores: { postgres: string; redis: string }
const workers: SpawnedProcess[] = []
const organisations: Spending[] = []

beforeEach(async () => {
  postgres = await disposablePostgres()
  redisServer = await disposableRedis({ fsync: 'always' })
  stores = { postgres: postgres.url, redis: redisServer.url }
})
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()))
  await Promise.all(organisations.splice(0).map((organisation) => organisation.stop()))
  await redisServer.stop()
  await postgres.stop()
})

async function organisation(limit = 1_000_000_000n): Promise<Spending> {
  const made = await spendingOrganisation(stores, { limit })
  organisations.push(made)
  return made
}

async function worker(): Promise<SpawnedProcess> {
  const started = await startWorker(stores, { RERATE_EVERY_MS: '100', VERIFY_EVERY_MS: '3600000' })
  workers.push(started)
  return started
}

const providerId = 'prov_test' as ProviderId
const model = 'gpt-4o-mini'
const since = new Date('2020-01-01T00:00:00Z')

/** Sets a price in pico-USD per token and applies it to everything so far. */
async function correct({ db: { prisma }, orgId }: Spending, input: bigint, output: bigint): Promise<string> {
  const made = await addOverride(prisma, orgId, {
    providerId,
    model,
    effectiveFrom: new Date(),
    inputUncached: input,
    inputCacheRead: null,
    outputText: output,
    reason: null,
    createdBy: null,
  })
  const stretch = { providerId, model, since, until: new Date(Date.now() + 1_000) }
  const price = (await priceOfVersion(prisma, orgId, `override:${made.id}`))!
  const { attempts, rightNano, chargedNano, leftAlone } = await preview(prisma, orgId, {
    stretch,
    price,
    now: new Date(),
  })
  const started = await start(prisma, orgId, {
    ...stretch,
    priceId: made.id,
    reason: 'The contract says so',
    actor: { id: 'mem_ann', name: 'Ann' },
    attempts,
    expectedNano: rightNano - chargedNano,
    leftAlone,
  })
  if (!started.ok) throw new Error(started.reason)
  return started.value
}

const usedOf = async ({ redis, orgId, node }: Spending) =>
  (await readBalances(redis, orgId, [node().id])).get(node().id)?.used

const rowsOf = ({ db, orgId }: Spending, kind: string) => db.prisma.ledgerEntry.findMany({ where: { orgId, kind } })

const reported = async ({ db, orgId }: Spending) =>
  (await total(db.prisma, orgId, { from: 0, to: Date.now() + 86_400_000 })).costNano

/** Exit code and output of `npm run verify`. */
function verify(): { code: number | null; out: string } {
  const script = fileURLToPath(new URL('../src/verify.ts', import.meta.url))
  const env = { DATABASE_URL: postgres.url, REDIS_URL: redisServer.url }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
  return { code: status, out: stdout + stderr }
}

describe('a corrected price applied to past usage', () => {
  it('takes 300 of 1,000 nano-dollars off each of 750 attempts once, though the worker is killed in the middle and traffic goes on', async () => {
    const first = await worker()
    const [acme, other] = [await organisation(), await organisation()]
    for (let i = 0; i < 30; i += 1) await Promise.all(Array.from({ length: 25 }, () => acme.spend(1_000n)))
    await other.spend(1_000n)
    await until(async () => (await rowsOf(acme, 'final')).length === 750, { within: 30_000, what: '750 charges' })
    await until(async () => (await rowsOf(other, 'final')).length === 1, { within: 30_000, what: 'the other charge' })

    // $0.10 and $0.05 per million tokens: 4 × 100 + 6 × 50 nano-dollars.
    const id = await correct(acme, 100_000n, 50_000n)
    const marks = `ad:{${shardOf(acme.orgId)}}:${acme.orgId}/${id}`
    await until(async () => (await acme.redis.scard(marks)) > 0, {
      within: 20_000,
      every: 5,
      what: 'the first adjustment',
    })
    await first.kill9()
    expect(await list(acme.db.prisma, acme.orgId)).toMatchObject([{ finishedAt: null, attempts: 750 }])

    const [{ until: end } = { until: new Date(0) }] = await list(acme.db.prisma, acme.orgId)
    await until(() => Date.now() > end.getTime(), { within: 20_000, what: 'the stretch to be over' })
    await worker()
    // What is spent meanwhile is not concerned.
    await Promise.all(Array.from({ length: 25 }, () => acme.spend(1_000n)))
    await until(async () => (await rowsOf(acme, 'final')).length === 775, { within: 30_000, what: '25 more charges' })
    await until(async () => (await list(acme.db.prisma, acme.orgId))[0]?.finishedAt, {
      within: 60_000,
      what: 'the re-rating to be finished',
    })
    const adjustments = await rowsOf(acme, 'adjustment')
    expect(adjustments).toHaveLength(750)
    expect(new Set(adjustments.map((row) => row.attemptId)).size).toBe(750)
    expect(adjustments.every((row) => row.amountNano === -300n && row.reratingId === id)).toBe(true)
    expect(adjustments[0]).toMatchObject({ reason: 'The contract says so', actorId: 'mem_ann' })
    expect(await usedOf(acme)).toBe(550_000n)
    expect(await reported(acme)).toBe(550_000n)
    expect(await list(acme.db.prisma, acme.orgId)).toMatchObject([{ adjusted: 750, differenceNano: -225_000n }])

    // The other organisation calls the same model of a provider with the same id, and nothing of it has moved.
    expect(await rowsOf(other, 'adjustment')).toEqual([])
    expect(await usedOf(other)).toBe(1_000n)
    expect(await list(other.db.prisma, other.orgId)).toEqual([])
    expect(verify()).toMatchObject({ code: 0, out: expect.stringContaining('Everything agrees') })
  })

  it('is found by verification when an adjustment is not what its price makes of it', async () => {
    await worker()
    const acme = await organisation()
    await acme.spend(1_000n)
    await until(async () => (await rowsOf(acme, 'final')).length === 1, { within: 20_000, what: 'the charge' })
    await correct(acme, 100_000n, 50_000n)
    const row = await until(async () => (await rowsOf(acme, 'adjustment'))[0], {
      within: 20_000,
      what: 'the adjustment',
    })
    const client = await acme.db.pool.connect()
    await client.query(`BEGIN; SET LOCAL session_replication_role = replica;
      UPDATE ledger_entry SET amount_nano = -301, reason = 'none' WHERE event_id = '${row.eventId}'; COMMIT`)
    client.release()
    const { code, out } = verify()
    expect(code).toBe(1)
    expect(out).toMatch(
      new RegExp(`price +row ${row.eventId} +\\$0\\.000000700 for its tokens +\\$0\\.000000699 charged`),
    )
    expect(out).toMatch(/chain +row 2 of .* the row or one before it was changed/)
  })
})

/** The job on real stores in this process, and a breakdown before or after any one adjustment. */
function jobOf({ db, redis, budgets, orgId }: Spending, breaksAt: () => 'before' | 'after' | null) {
  const reader = makeUsageReader(redis, `test-${process.pid}`)
  const shards = [shardOf(orgId)]
  async function drain(): Promise<void> {
    for (;;) {
      const entries = await reader.read(shards, 500)
      if (entries.length === 0) return
      await recordUsage(db.pool, entries)
      await reader.done(entries)
    }
  }
  const ports = reratingPorts(db, budgets, drain, makeLog('silent'))
  const adjust: typeof ports.adjust = async (...asked) => {
    const breaks = breaksAt()
    if (breaks === 'before') throw new Error('broken before')
    const reply = await ports.adjust(...asked)
    if (breaks === 'after') throw new Error('broken after')
    return reply
  }
  return { drain, job: rerateUsage({ ...ports, adjust }, 1_000) }
}

it('leaves ledger, counters and roll-ups the same sum after random re-ratings, broken off anywhere', async () => {
  const keeper = makeShardKeeper((await organisation()).redis)
  for (const shard of allShards()) await keeper.open(shard, 1)
  const rate = fc.bigInt(0n, 400_000n)
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('spend' as const), amount: fc.bigInt(0n, 5_000n) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('rerate' as const),
        input: rate,
        output: rate,
        breaks: fc.nat(8),
        after: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('budget' as const) }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
      const acme = await spendingOrganisation(stores, { limit: 1_000_000_000n })
      try {
        const {
          db: { prisma },
          orgId,
        } = acme
        let [calls, broken] = [0, { at: -1, after: false }]
        const { drain, job } = jobOf(acme, () => {
          calls += 1
          return calls === broken.at ? (broken.after ? 'after' : 'before') : null
        })
        const charges: bigint[] = []
        let opened: number | undefined
        for (const each of steps) {
          if (each.do === 'spend') {
            await acme.spend(each.amount)
            charges.push(each.amount)
          } else if (each.do === 'budget') {
            await drain()
            // Opens with what was charged so far. Nobody charges to it later: whoever spends does not know of it.
            opened ??= charges.length
            await setBudget(prisma, orgId, {
              scope: { kind: 'organisation', id: orgId },
              period: 'month',
              limit: 1_000_000_000n,
              mode: 'soft',
              sharing: 'pool',
            })
          } else {
            await drain()
            calls = 0
            broken = { at: each.breaks, after: each.after }
            await correct(acme, each.input, each.output)
            await job.run().catch((error: Error) => expect(error.message).toMatch(/^broken/))
            broken = { at: -1, after: false }
            await job.run()
            const right = (4n * each.input + 6n * each.output + 999n) / 1_000n
            charges.fill(right)
            expect((await list(prisma, orgId))[0]?.finishedAt).not.toBeNull()
          }
        }
        await drain()
        const expected = charges.reduce((sum, amount) => sum + amount, 0n)
        const rows = await prisma.ledgerEntry.findMany({ where: { orgId } })
        expect(rows.reduce((sum, row) => sum + row.amountNano, 0n)).toBe(expected)
        expect(await reported(acme)).toBe(expected)
        if (charges.length > 0) expect(await usedOf(acme)).toBe(expected)
        const nodes = await ledgerNodes(prisma, orgId, Date.now())
        const ofTeam = nodes.filter(({ nodeId }) => nodeId === acme.node().id)
        const ofOrganisation = nodes.filter(({ nodeId }) => nodeId !== acme.node().id)
        const before = charges.slice(0, opened ?? 0).reduce((sum, amount) => sum + amount, 0n)
        expect(ofTeam.map(({ spent }) => spent)).toEqual([expected])
        expect(ofOrganisation.map(({ spent }) => spent)).toEqual(opened === undefined ? [] : [before])
        expect(await rollupDrift(prisma, orgId)).toBe(0)
        expect(await brokenChains(prisma, orgId)).toEqual([])
        expect((await wrongAmounts(prisma, orgId)).wrong).toEqual([])
      } finally {
        await acme.stop()
      }
    }),
    { numRuns: 25 },
  )
}, 120_000)
