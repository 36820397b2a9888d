import { randomBytes } from 'node:crypto'
import { connectDatabase, type Database } from '@tollkeeper/db/client'
import { set as setBudget } from '@tollkeeper/db/budgets'
import { create as createKey } from '@tollkeeper/db/keys'
import { create as createOrganisation } from '@tollkeeper/db/organisations'
import { buildOrgPolicy } from '@tollkeeper/db/policies'
import { create as createTeam } from '@tollkeeper/db/teams'
import { nodesOf, type BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, KeyId, OrgId, ProviderId, RequestId } from '@tollkeeper/domain/id'
import { base62 } from '@tollkeeper/domain/id'
import { makeBudgets, type Budgets, type Hold } from '@tollkeeper/redis/budgets'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { until } from '@tollkeeper/testbed/processes'
import type { Redis } from 'ioredis'

/** An organisation with one team, one key and a team budget, and the means to spend from it as a proxy does. */
export type Spending = {
  db: Database
  redis: Redis
  budgets: Budgets
  orgId: OrgId
  keyId: KeyId
  publicId: string
  node: () => BudgetNode
  hold: (amount: bigint) => Promise<AttemptId>
  /** What was asked for an attempt. */
  asked: (attempt: AttemptId) => Hold
  settle: (attempt: AttemptId, amount: bigint) => Promise<string>
  /** Hold and settle. */
  spend: (amount: bigint) => Promise<void>
  stop: () => Promise<void>
}

const random = (length: number): string => base62(length, randomBytes)

export async function spendingOrganisation(
  stores: { postgres: string; redis: string },
  options: { limit: bigint; leaseMs?: number },
): Promise<Spending> {
  const db = connectDatabase(stores.postgres, { maxConnections: 3 })
  const redis = connectRedis(stores.redis)
  await redisReady(redis)
  const budgets = makeBudgets(redis, { leaseMs: options.leaseMs ?? 20_000 })

  const { id: orgId } = await createOrganisation(db.prisma, { name: `Acme ${random(6)}`, timeZone: 'Europe/Helsinki' })
  const team = valueOf(await createTeam(db.prisma, orgId, 'Data Science'))
  const publicId = random(8)
  const key = valueOf(
    await createKey(db.prisma, orgId, {
      name: 'ci',
      publicId,
      last4: '1a2b',
      hash: randomBytes(32).toString('hex'),
      pepperVersion: 1,
      teamId: team.id,
      memberId: null,
      allowedModels: null,
      expiresAt: null,
      createdBy: null,
      quota: null,
    }),
  )
  valueOf(
    await setBudget(db.prisma, orgId, {
      scope: { kind: 'team', id: team.id },
      period: 'month',
      limit: options.limit,
      mode: 'hard',
      sharing: 'pool',
    }),
  )
  const scopes = { orgId, teamId: team.id, roleGroupId: null, roleId: null, userId: null, keyId: key.id }

  const policy = await buildOrgPolicy(db.prisma, orgId, { consoleUrl: null })
  const byScope = Map.groupBy(policy?.budgets ?? [], ({ scope }) => `${scope.kind}:${scope.id}`)
  const nodes = (): BudgetNode[] => nodesOf(byScope, scopes, { zone: 'Europe/Helsinki', at: Date.now() })

  const calls = new Map<AttemptId, Hold>()
  async function hold(amount: bigint): Promise<AttemptId> {
    const attemptId = `att_${random(20)}` as AttemptId
    const meta = {
      requestId: `req_${random(20)}` as RequestId,
      scopes,
      providerId: 'prov_test' as ProviderId,
      model: 'gpt-4o-mini',
      priceVersion: 'test:1',
      atMs: Date.now(),
    }
    const call = { orgId, attemptId, amount, tokens: 10, nodes: nodes(), rates: [], meta }
    calls.set(attemptId, call)
    // The worker opens the shard; until then every hold is fenced.
    const reply = await until(
      async () => {
        await budgets.epochs.refresh(orgId)
        const answer = await budgets.hold(call)
        return answer.kind === 'fenced' || answer.kind === 'missing' ? undefined : answer
      },
      { within: 20_000, what: 'the shard to be opened' },
    )
    if (reply.kind !== 'held')
      throw new Error(`Not held: ${JSON.stringify(reply, (_, v) => (typeof v === 'bigint' ? String(v) : v))}`)
    return attemptId
  }

  async function settle(attemptId: AttemptId, amount: bigint): Promise<string> {
    const reply = await budgets.settle({
      orgId,
      attemptId,
      amount,
      tokens: 10,
      nodes: nodes(),
      rates: [],
      result: {
        outcome: 'answered',
        usageSource: 'reported',
        tokens: { inputUncached: 4, outputText: 6 },
        status: 200,
      },
    })
    return reply.kind
  }

  return {
    db,
    redis,
    budgets,
    orgId,
    keyId: key.id,
    publicId,
    node: () => nodes()[0]!,
    hold,
    asked(attempt) {
      const call = calls.get(attempt)
      if (!call) throw new Error(`Nothing was asked for ${attempt}`)
      return call
    },
    settle,
    spend: async (amount) => void (await settle(await hold(amount), amount)),
    async stop() {
      redis.disconnect()
      await db.close()
    },
  }
}

function valueOf<T>(outcome: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (!outcome.ok) throw new Error(`Not made: ${outcome.reason}`)
  return outcome.value
}
