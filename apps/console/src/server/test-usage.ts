import { randomBytes } from 'node:crypto'
import { create as createKey } from '@tollkeeper/db/keys'
import { recordUsage } from '@tollkeeper/db/ledger'
import {
  attemptId,
  newId,
  providerId,
  type KeyId,
  type MemberId,
  type OrgId,
  type RequestId,
  type RoleGroupId,
  type RoleId,
  type TeamId,
} from '@tollkeeper/domain/id'
import { newKeyText } from '@tollkeeper/domain/key'
import type { AttemptEvent, RequestEvent } from '@tollkeeper/domain/usage'
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
  const meta = { requestId, scopes, providerId: providerId.parse('prov_test'), model, atMs: at.getTime() }
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
