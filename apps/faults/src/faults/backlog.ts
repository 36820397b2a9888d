import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import { allShards } from '@tollkeeper/redis/shards'
import { until } from '@tollkeeper/testbed/processes'
import type { Plant } from '../plant/plant.ts'
import type { Condition } from './fault.ts'

/** Entries on the streams that are not in the ledger yet. */
const backlogOf = async ({ store }: Plant): Promise<number> =>
  (await makeUsageReader(store, 'lab').lag(allShards())).entries

/** What a steady load leaves on the way at any time. */
const usual = 60

/** Waits until the backlog is what a steady load leaves, and tells how long that took. */
export async function drained(plant: Plant, withinMs: number): Promise<Condition> {
  const fromMs = performance.now()
  const before = await backlogOf(plant)
  const gone: boolean = await until(async () => (await backlogOf(plant)) <= usual, {
    within: withinMs,
    every: 50,
  }).catch(() => false)
  const seconds = (performance.now() - fromMs) / 1_000
  return {
    name: `the backlog is drained within ${withinMs / 1_000} s`,
    holds: gone,
    told: `${before} entries in ${seconds.toFixed(1)} s`,
  }
}
