import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import {
  newId,
  providerId,
  type AttemptId,
  type KeyId,
  type MemberId,
  type OrgId,
  type TeamId,
} from '@tollkeeper/domain/id'
import { newKeyText } from '@tollkeeper/domain/key'
import type { AttemptEvent, RequestEvent } from '@tollkeeper/domain/usage'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { connectDatabase, type Database } from '../src/client.ts'
import * as keys from '../src/keys/index.ts'
import type { UsageEntry } from '../src/ledger/index.ts'
import * as members from '../src/members.ts'
import * as organisations from '../src/organisations.ts'
import type { Outcome } from '../src/outcome.ts'
import * as teams from '../src/teams.ts'

/** A migrated, empty database for the tests of one file. */
export function testDatabase(): () => Database {
  let postgres: DisposablePostgres | undefined
  let database: Database | undefined
  beforeAll(async () => {
    postgres = await disposablePostgres()
    database = connectDatabase(postgres.url)
  })
  afterAll(async () => {
    await database?.close()
    await postgres?.stop()
  })
  return () => {
    if (!database) throw new Error('The database is not ready before the tests run')
    return database
  }
}

/** The value of an outcome that should be fine; fails with its reason. */
export function value<T, Reason extends string>(outcome: Outcome<T, Reason>): T {
  if (!outcome.ok) throw new Error(`Refused: ${outcome.reason}`)
  return outcome.value
}

export type World = { orgId: OrgId; teamId: TeamId; memberId: MemberId; keyId: KeyId }

/** An organisation with one team, one person in it, and their key. */
export async function aWorld(
  database: Database,
  wishes: { name?: string; timeZone?: string; quota?: keys.NewKey['quota'] } = {},
): Promise<World> {
  const db = database.prisma
  const org = await organisations.create(db, { name: wishes.name ?? 'Acme', timeZone: wishes.timeZone ?? 'UTC' })
  const team = value(await teams.create(db, org.id, 'Platform'))
  const email = `${randomBytes(4).toString('hex')}@acme.test`
  const member = value(await members.create(db, org.id, { email, name: 'Ann', access: 'member', teamIds: [team.id] }))
  const key = await aKey(database, { orgId: org.id, teamId: team.id, memberId: member.id }, wishes)
  return { orgId: org.id, teamId: team.id, memberId: member.id, keyId: key.id }
}

export async function aKey(
  database: Database,
  of: { orgId: OrgId; teamId: TeamId; memberId: MemberId | null },
  wishes: Partial<Pick<keys.NewKey, 'name' | 'quota' | 'expiresAt' | 'allowedModels'>> = {},
  at = new Date(),
): Promise<keys.ApiKey> {
  const { publicId, last4 } = newKeyText(randomBytes)
  const made = await keys.create(
    database.prisma,
    of.orgId,
    {
      name: wishes.name ?? 'Laptop',
      publicId,
      last4,
      hash: 'a'.repeat(64),
      pepperVersion: 1,
      teamId: of.teamId,
      memberId: of.memberId,
      allowedModels: wishes.allowedModels ?? null,
      expiresAt: wishes.expiresAt ?? null,
      createdBy: 'Ann',
      quota: wishes.quota ?? null,
    },
    at,
  )
  return value(made)
}

const provider = providerId.parse('prov_x')

type AttemptWishes = Partial<{
  attemptId: string
  requestId: RequestEvent['requestId']
  kind: AttemptEvent['kind']
  amount: bigint
  hold: bigint
  nodes: string[]
  at: string
  model: string
  providerId: string
  tokens: AttemptEvent['result']['tokens']
}>

const scopesOf = (world: World): RequestEvent['scopes'] => ({
  orgId: world.orgId,
  teamId: world.teamId,
  roleGroupId: null,
  roleId: null,
  userId: world.memberId,
  keyId: world.keyId,
})

export function anAttempt(world: World, wishes: AttemptWishes = {}): AttemptEvent {
  return {
    attemptId: (wishes.attemptId ?? randomBytes(8).toString('hex')) as AttemptId,
    kind: wishes.kind ?? 'final',
    amount: wishes.amount ?? 1_000n,
    hold: wishes.hold ?? 5_000n,
    nodes: wishes.nodes ?? [],
    meta: {
      requestId: wishes.requestId ?? newId('request', randomBytes),
      scopes: scopesOf(world),
      providerId: wishes.providerId === undefined ? provider : providerId.parse(wishes.providerId),
      model: wishes.model ?? 'gpt-4o',
      priceVersion: '1/openai/gpt-4o',
      atMs: Date.parse(wishes.at ?? '2026-11-20T10:00:00Z'),
    },
    result: {
      outcome: 'answered',
      usageSource: wishes.kind === 'provisional' ? 'held' : 'reported',
      tokens: wishes.tokens ?? { inputUncached: 100, inputCacheRead: 20, outputText: 10 },
      status: 200,
    },
  }
}

export function aRequest(world: World, wishes: Partial<RequestEvent> & { at?: string } = {}): RequestEvent {
  const { at, ...rest } = wishes
  return {
    requestId: newId('request', randomBytes),
    scopes: scopesOf(world),
    atMs: Date.parse(at ?? '2026-11-20T10:00:00Z'),
    count: 1,
    dialect: 'openai-chat',
    stream: false,
    modelAsked: 'gpt-4o',
    modelUsed: 'gpt-4o',
    providerId: provider,
    status: 200,
    failure: null,
    refusal: null,
    attempts: 1,
    timeline: [{ step: 'receive', ms: 0.5 }],
    firstByteMs: 120.5,
    totalMs: 900.25,
    userAgent: 'openai-node 6.49',
    maxTokensClamped: null,
    ...rest,
  }
}

let entryNumber = 0

/** Entries as the stream's reader gives them. */
export const entriesOf = (...events: readonly (AttemptEvent | RequestEvent)[]): UsageEntry[] =>
  events.map((event) => {
    entryNumber += 1
    const payload: UsageEntry['payload'] =
      'attemptId' in event ? { kind: 'attempt', event, request: null } : { kind: 'request', event }
    return { shard: 's00', streamId: `${entryNumber}-0`, payload }
  })
