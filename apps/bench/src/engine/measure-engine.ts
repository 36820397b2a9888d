import { randomBytes } from 'node:crypto'
import { nodesOf } from '@tollkeeper/domain/budget'
import { newCredentialKeys } from '@tollkeeper/domain/credential'
import { newId } from '@tollkeeper/domain/id'
import { peppersText } from '@tollkeeper/domain/key'
import { scopeText } from '@tollkeeper/domain/scope'
import { makeBudgets, type Budgets, type Hold } from '@tollkeeper/redis/budgets'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { makeShardKeeper } from '@tollkeeper/redis/shard-keeper'
import { allShards } from '@tollkeeper/redis/shards'
import { disposableRedis } from '@tollkeeper/testbed/redis'
import { newTenant } from '../contenders/tenants.ts'
import { spreadOf, type Spread } from '../measure/numbers.ts'

/** Holds and settlements per second that the ledger's Redis does, and how often each was measured. */
export type EngineResult = { readonly perSecond: Spread; readonly rounds: number; readonly goal: number }

/** Holds and settlements together, on one Redis, with six scopes. */
const goal = 8_000
const inFlight = 64
const organisations = 20

/**
 * How many holds and settlements one Redis does in a second, as the gateway's proxies ask for them: six hard budgets
 * and two limits on tokens each, every write on the disk before it is acknowledged. Any answer but `held` and `settled`
 * is an error.
 */
export async function measureEngine(quick: boolean): Promise<EngineResult> {
  const server = await disposableRedis({ fsync: 'always' })
  const redis = connectRedis(server.url)
  try {
    await redisReady(redis)
    const shards = makeShardKeeper(redis)
    for (const shard of allShards()) await shards.open(shard, 1)
    const budgets = makeBudgets(redis, { leaseMs: 60_000 })
    await budgets.epochs.refresh()
    const holds = Array.from({ length: organisations }, (_, i) => holdsOf(i))
    await countFor(budgets, holds, quick ? 300 : 1_500)
    const rounds = quick ? 2 : 7
    const figures: number[] = []
    for (let round = 0; round < rounds; round += 1) figures.push(await countFor(budgets, holds, quick ? 500 : 2_000))
    return { perSecond: spreadOf(figures), rounds, goal }
  } finally {
    redis.disconnect()
    await server.stop()
  }
}

/** Holds of one organisation, each another attempt on the same chain. */
function holdsOf(organisation: number): () => Hold {
  const { publicKey } = newCredentialKeys()
  const peppers = peppersText.parse(`1:${randomBytes(32).toString('base64')}`)
  const { policy, keys } = newTenant(1, { upstream: 'http://127.0.0.1', peppers, sealingKey: publicKey })
  const [key] = keys
  if (!key) throw new Error('A tenant without keys')
  const { scopes } = key.record
  const atMs = Date.now()
  const nodes = nodesOf(
    Map.groupBy(policy.budgets, ({ scope }) => scopeText(scope)),
    scopes,
    { zone: policy.timeZone, at: atMs },
  )
  if (nodes.length !== 6) throw new Error(`Organisation ${organisation} has ${nodes.length} budgets on a chain`)
  const providerId = newId('provider', randomBytes)
  return () => ({
    orgId: policy.orgId,
    attemptId: newId('slice', randomBytes),
    amount: 1_000_000n,
    tokens: 300,
    nodes,
    rates: policy.rateLimits,
    meta: { requestId: newId('request', randomBytes), scopes, providerId, model: 'gpt-4o', priceVersion: '1', atMs },
  })
}

/** Calls answered per second. */
async function countFor(budgets: Budgets, holds: readonly (() => Hold)[], forMs: number): Promise<number> {
  const began = performance.now()
  let calls = 0
  const attempts = async (offset: number): Promise<void> => {
    for (let i = offset; performance.now() - began < forMs; i += 1) {
      const next = holds[i % holds.length]
      if (!next) throw new Error('No organisations')
      await attempt(budgets, next())
      calls += 2
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, i) => attempts(i)))
  return calls / ((performance.now() - began) / 1_000)
}

async function attempt(budgets: Budgets, hold: Hold): Promise<void> {
  const held = await budgets.hold(hold)
  if (held.kind !== 'held') throw new Error(`A hold was answered ${JSON.stringify(held)}`)
  const settled = await budgets.settle({
    orgId: hold.orgId,
    attemptId: hold.attemptId,
    amount: 700_000n,
    tokens: 210,
    nodes: hold.nodes,
    rates: hold.rates,
    result: {
      outcome: 'answered',
      usageSource: 'reported',
      tokens: { inputUncached: 150, outputText: 60 },
      status: 200,
    },
  })
  if (settled.kind !== 'settled') throw new Error(`A settlement was answered ${settled.kind}`)
}
