import { disposablePostgres } from '@tollkeeper/testbed/postgres'
import { until } from '@tollkeeper/testbed/processes'
import { disposableRedis } from '@tollkeeper/testbed/redis'
import { expect, it, onTestFinished } from 'vitest'
import { spendingOrganisation } from './spending-organisation.ts'
import { sumsOf } from './sums.ts'
import { openTap } from './tap.ts'
import { startWorker } from './worker-process.ts'

it('asks a Postgres that is away no more often than one that is there, and then records everything once', async () => {
  const [postgres, redis] = [await disposablePostgres(), await disposableRedis({ fsync: 'always' })]
  const tap = await openTap(postgres.url)
  const worker = await startWorker({ postgres: tap.url, redis: redis.url })
  const acme = await spendingOrganisation({ postgres: postgres.url, redis: redis.url }, { limit: 1_000_000_000n })
  onTestFinished(async () => {
    await worker.stop()
    await acme.stop()
    await tap.close()
    await redis.stop()
    await postgres.stop()
  })
  const address = /"url":"([^"]+)"/.exec(worker.output())?.[1] ?? ''
  /** How often the worker has looked for policies to publish: it asks Postgres each time, as it does to record. */
  const runs = async () => {
    const metrics = await (await fetch(`${address}/metrics`)).text()
    const counts = metrics.matchAll(/^gateway_worker_runs_total\{job="publish-policies",outcome="\w+"\} (\d+)$/gm)
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
  }
  let charges = 0
  /** What Postgres was asked, connections included, per run of the worker, while something is charged for each run. */
  const askedPerRun = async (times: number): Promise<number> => {
    const [from, before] = [await runs(), tap.counts()]
    let last = from
    const ran = await until(
      async () => {
        const now = await runs()
        if (now > last) {
          last = now
          charges += 1
          await acme.spend(1_000n)
        }
        return now - from >= times ? now - from : undefined
      },
      { within: 60_000, what: `${times} runs` },
    )
    const after = tap.counts()
    return (after.connections - before.connections + after.requests - before.requests) / ran
  }
  const recorded = () =>
    until(async () => (await sumsOf(acme)).rows === charges, { within: 60_000, what: 'everything to be recorded' })

  await askedPerRun(1)
  const calm = await askedPerRun(20)
  tap.set('refuse')
  const refused = await askedPerRun(20)
  tap.set('mute')
  const unanswered = await askedPerRun(3)
  expect({ refused: refused <= 1.1 * calm, unanswered: unanswered <= 1.1 * calm }).toEqual({
    refused: true,
    unanswered: true,
  })

  tap.set('open')
  await recorded()
  const amount = BigInt(charges) * 1_000n
  expect(await sumsOf(acme)).toEqual({ rows: charges, amount, hours: amount })
}, 240_000)
