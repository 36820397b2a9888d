import { disposablePostgres } from '@tollkeeper/testbed/postgres'
import { until } from '@tollkeeper/testbed/processes'
import { disposableCluster } from '@tollkeeper/testbed/redis-cluster'
import { expect, it, onTestFinished } from 'vitest'
import { spendingOrganisation } from './spending-organisation.ts'
import { startWorker } from './worker-process.ts'

it('records the charges of six organisations that are spread over a Redis Cluster', async () => {
  const [postgres, cluster] = await Promise.all([disposablePostgres(), disposableCluster()])
  onTestFinished(async () => {
    await cluster.stop()
    await postgres.stop()
  })
  const stores = { postgres: postgres.url, redis: cluster.url }
  const worker = await startWorker(stores)
  onTestFinished(async () => void (await worker.stop()))
  for (let i = 0; i < 6; i += 1) {
    const acme = await spendingOrganisation(stores, { limit: 1_000_000_000n })
    onTestFinished(() => acme.stop())
    for (let j = 0; j < 5; j += 1) await acme.spend(10_000n)
    const recorded = async () => {
      const { rows } = await acme.db.pool.query<{ rows: number; amount: string }>(
        'SELECT count(*)::int AS rows, coalesce(sum(amount_nano), 0)::text AS amount FROM ledger_entry WHERE org_id = $1',
        [acme.orgId],
      )
      return rows[0]?.rows === 5 && rows[0].amount
    }
    expect(await until(recorded, { within: 20_000, what: 'the ledger' })).toBe('50000')
  }
})
