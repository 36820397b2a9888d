import { randomBytes } from 'node:crypto'
import { create as createKey } from '@tollkeeper/db/keys'
import { recordUsage } from '@tollkeeper/db/ledger'
import type { BudgetNode } from '@tollkeeper/domain/budget'
import {
  attemptId,
  newId,
  providerId,
  type KeyId,
  type MemberId,
  type OrgId,
  type ProviderId,
  type RequestId,
  type RoleGroupId,
  type RoleId,
  type TeamId,
} from '@tollkeeper/domain/id'
import { newKeyText } from '@tollkeeper/domain/key'
import type { AttemptEvent, RequestEvent } from '@tollkeeper/domain/usage'
import { makeBudgets, type Hold } from '@tollkeeper/redis/budgets'
import { makeShardKeeper } from '@tollkeeper/redis/shard-keeper'
import { shardOf } from '@tollkeeper/redis/shards'
import type { Stores } from '#server/stores.ts'

/** Whose traffic it is. */
export type Spender = {
  orgId: OrgId
  teamId: TeamId | null
  memberId: MemberId | null
  keyId: KeyId
  roleGroupId?: RoleGroupId
  roleId?: RoleId
}

/** A key of a team, and of a person where one is given. Its text is thrown away. */
export async function testKey(
  stores: Stores,
  of: { orgId: OrgId; teamId: TeamId; memberId?: MemberId; name?: string },
): Promise<Spender & { teamId: TeamId }> {
  const { publicId, last4 } = newKeyText(randomBytes)
  const { orgId, teamId, memberId = null, name = 'Test key' } = of
  const made = await createKey(stores.database.prisma, orgId, {
    name,
    publicId,
    last4,
    hash: 'a'.repeat(64),
    pepperVersion: 1,
    teamId,
    memberId,
    allowedModels: null,
    expiresAt: null,
    createdBy: null,
    quota: null,
  })
  if (!made.ok) throw new Error(`The key could not be made: ${made.reason}`)
  return { orgId, teamId, memberId, keyId: made.value.id }
}

export type TestRequest = {
  /** nano-USD; without it no provider was called. */
  amount?: bigint
  at: Date
  model?: string
  providerId?: ProviderId
  tokens?: AttemptEvent['result']['tokens']
  priceVersion?: string
  hold?: bigint
  nodes?: string[]
  request?: Partial<RequestEvent>
}

/** Records a request and its charge the way the worker does; gives its id. */
export async function testRequest(stores: Stores, by: Spender, request: TestRequest): Promise<RequestId> {
  const { amount, at, model = 'gpt-4o', hold = amount ?? 0n, nodes = [] } = request
  const { orgId, teamId, memberId: userId, keyId, roleGroupId = null, roleId = null } = by
  const scopes = { orgId, teamId, roleGroupId, roleId, userId, keyId }
  const requestId = newId('request', randomBytes)
  const provider = request.providerId ?? providerId.parse('prov_test')
  const meta = { requestId, scopes, providerId: provider, model, atMs: at.getTime() }
  const attempt: AttemptEvent = {
    attemptId: attemptId.parse(`${requestId}.1`),
    kind: 'final',
    amount: amount ?? 0n,
    hold,
    nodes,
    meta: { ...meta, priceVersion: request.priceVersion ?? '1/openai/gpt-4o' },
    result: {
      outcome: 'answered',
      usageSource: 'reported',
      tokens: request.tokens ?? { inputUncached: 80, inputCacheRead: 20, outputText: 10 },
      status: 200,
    },
  }
  const event: RequestEvent = {
    requestId,
    scopes,
    atMs: at.getTime(),
    count: 1,
    dialect: 'openai-chat',
    stream: false,
    modelAsked: model,
    modelUsed: amount === undefined ? null : model,
    providerId: meta.providerId,
    status: 200,
    failure: null,
    refusal: null,
    attempts: amount === undefined ? 0 : 1,
    firstByteMs: 120,
    totalMs: 900,
    timeline: [
      { step: 'receive', ms: 0.4 },
      { step: 'answer', ms: 900 },
    ],
    userAgent: 'test',
    maxTokensClamped: null,
    ...request.request,
  }
  const entry = { shard: 's00', streamId: `${requestId}-0` }
  const payload =
    amount === undefined
      ? ({ kind: 'request', event } as const)
      : ({ kind: 'attempt', event: attempt, request: event } as const)
  await recordUsage(stores.database.pool, [{ ...entry, payload }])
  return requestId
}

/** Holds an amount on counters the way the proxy does, in an opened shard; gives what settles it. */
export async function testHold(
  stores: Stores,
  by: Spender,
  of: { amount: bigint; nodes: readonly BudgetNode[] },
): Promise<{ settle(amount: bigint): Promise<void> }> {
  const { orgId, teamId, memberId: userId, keyId, roleGroupId = null, roleId = null } = by
  await makeShardKeeper(stores.redis).open(shardOf(orgId), 1)
  const budgets = makeBudgets(stores.redis, { leaseMs: 600_000 })
  await budgets.epochs.refresh(orgId)
  const hold: Hold = {
    orgId,
    attemptId: attemptId.parse(newId('request', randomBytes)),
    amount: of.amount,
    tokens: 1,
    nodes: of.nodes,
    rates: [],
    meta: {
      requestId: newId('request', randomBytes),
      scopes: { orgId, teamId, roleGroupId, roleId, userId, keyId },
      providerId: providerId.parse('prov_test'),
      model: 'gpt-4o',
      priceVersion: '1/openai/gpt-4o',
      atMs: Date.now(),
    },
  }
  const reply = await budgets.hold(hold)
  if (reply.kind !== 'held') throw new Error(`Not held: ${reply.kind}`)
  const result = { outcome: 'answered', usageSource: 'reported', tokens: { outputText: 1 }, status: 200 } as const
  return { settle: async (amount) => void (await budgets.settle({ ...hold, amount, result })) }
}
