import { randomBytes } from 'node:crypto'
import { nodesOf } from '@tollkeeper/domain/budget'
import { newCredentialKeys } from '@tollkeeper/domain/credential'
import { attemptId as attemptIdSchema, base62, newId } from '@tollkeeper/domain/id'
import { peppersText } from '@tollkeeper/domain/key'
import type { connectRedis } from '@tollkeeper/redis/connection'
import { makeBudgets, type Budgets } from '@tollkeeper/redis/budgets'
import { makeShardKeeper } from '@tollkeeper/redis/shard-keeper'
import { allShards } from '@tollkeeper/redis/shards'
import { newTenant, type Tenant } from '../contenders/tenants.ts'

const atOnce = 64

/** Makes charges wait in the usage streams as the gateway does: each held and settled on six budgets of its organisation. */
export async function fillStreams(
  redis: ReturnType<typeof connectRedis>,
  organisations: number,
  events: number,
): Promise<void> {
  const keeper = makeShardKeeper(redis)
  await Promise.all(allShards().map((shard) => keeper.open(shard, 1)))
  const around = {
    upstream: 'http://127.0.0.1:9',
    peppers: peppersText.parse(`1:${randomBytes(32).toString('base64')}`),
    sealingKey: newCredentialKeys().publicKey,
  }
  const tenants = Array.from({ length: organisations }, () => newTenant(1, around))
  const budgets = makeBudgets(redis, { leaseMs: 60_000 })
  await Promise.all(tenants.map(({ policy }) => budgets.epochs.refresh(policy.orgId)))
  let next = 0
  const one = async () => {
    for (let i = next; i < events; i = next) {
      next += 1
      const tenant = tenants[i % organisations]
      if (tenant) await spend(budgets, tenant)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

async function spend(budgets: Budgets, { policy, keys }: Tenant): Promise<void> {
  const [key] = keys
  const [model] = policy.models
  if (!key || !model) throw new Error('A tenant has a key and a model')
  const { orgId, timeZone } = policy
  const { scopes } = key.record
  const at = Date.now()
  const byScope = Map.groupBy(policy.budgets, ({ scope }) => `${scope.kind}:${scope.id}`)
  const nodes = nodesOf(byScope, scopes, { zone: timeZone, at })
  const attemptId = attemptIdSchema.parse(`att_${base62(20, randomBytes)}`)
  const meta = {
    requestId: newId('request', randomBytes),
    scopes,
    providerId: policy.providers[0]?.id ?? newId('provider', randomBytes),
    model: model.name,
    priceVersion: 'bench',
    atMs: at,
  }
  const charged = { orgId, attemptId, tokens: 210, nodes, rates: [] }
  const held = await budgets.hold({ ...charged, amount: 200_000n, meta })
  if (held.kind !== 'held') throw new Error(`Not held: ${held.kind}`)
  const tokens = { inputUncached: 150, outputText: 60 }
  const result = { outcome: 'answered', usageSource: 'reported', tokens, status: 200 } as const
  await budgets.settle({ ...charged, amount: 58_500n, result })
}
