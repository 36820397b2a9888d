import { setTimeout as sleep } from 'node:timers/promises'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { until } from '@tollkeeper/testbed/processes'
import { disposableRedis } from '@tollkeeper/testbed/redis'
import { openLink } from '../link/link.ts'
import type { Fault } from './fault.ts'
import { onlyRefusedFor } from './seen.ts'

/** How far the replica is behind. */
const lagMs = 2_000

export const replicaPromoted: Fault = {
  id: 'F18',
  title: 'Redis dies, and a replica is promoted that is two seconds behind',
  load: 'L2',
  evidenceLost: true,
  async inflict({ plant, load, chance, forMs, healed }) {
    const { password } = new URL(plant.redis.url)
    const replica = await disposableRedis({ fsync: 'always', password })
    plant.alsoStop(replica)
    const wire = await openLink({ port: plant.redis.port }, chance)
    plant.alsoStop({ stop: () => wire.close() })
    const control = connectRedis(replica.url, { name: 'lab-replica' })
    plant.alsoStop({ stop: async () => control.disconnect() })
    await redisReady(control)
    await control.config('SET', 'masterauth', password)
    await control.replicaof('127.0.0.1', wire.port)
    const follows = async () => /^master_link_status:up\r?$/m.test(await control.info('replication'))
    await until(follows, { within: 20_000, what: 'the replica to follow' })
    wire.set({ down: { latencyMs: lagMs } })
    await sleep(lagMs + 0.3 * forMs)

    const [there, behind] = [await sequences(plant.store), await sequences(control)]
    const failedMs = Date.now()
    await plant.redis.kill9()
    // What was on its way to the replica is lost with the link.
    await wire.close()
    await control.replicaof('NO', 'ONE')
    plant.moveRedis(replica.port)
    healed()
    await sleep(0.4 * forMs)
    const lost = there - behind
    const regressed = plant.machines().filter((machine) => /gone back in time/.test(machine.output()))
    return [
      { name: 'the replica had not got everything', holds: lost > 0, told: `about ${lost} changes were lost` },
      {
        name: 'that was found out',
        holds: regressed.length > 0,
        told: regressed.map(({ name }) => name).join(', ') || 'by nobody',
      },
      onlyRefusedFor(load.history, failedMs, ['budget_store_unavailable', 'overloaded']),
    ]
  },
}

/** The sum of all shards' sequences: how many changes there were. */
async function sequences(store: ReturnType<typeof connectRedis>): Promise<number> {
  const keys = await store.keys('sq:*')
  const values = keys.length === 0 ? [] : await store.mget(keys)
  return values.reduce((sum, value) => sum + Number(value ?? 0), 0)
}
