import { randomBytes } from 'node:crypto'
import * as budgets from '@tollkeeper/db/budgets'
import type { Database } from '@tollkeeper/db/client'
import * as keys from '@tollkeeper/db/keys'
import * as members from '@tollkeeper/db/members'
import * as organisations from '@tollkeeper/db/organisations'
import type { Outcome } from '@tollkeeper/db/outcome'
import * as providers from '@tollkeeper/db/providers'
import * as rateLimits from '@tollkeeper/db/rate-limits'
import * as teams from '@tollkeeper/db/teams'
import type { BudgetMode, BudgetSharing } from '@tollkeeper/domain/budget'
import { sealCredential } from '@tollkeeper/domain/credential'
import { hashKey, newestPepper, newKeyText } from '@tollkeeper/domain/key'
import type { KeyId, OrgId, TeamId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'
import { testCredentialKeys, testPeppers } from '@tollkeeper/testbed/builders'

/** A key of a tenant; a tight one has a quota that the run will use up. */
export type TenantKey = { id: KeyId; secret: string; tight: boolean }

/** An organisation made for one run. */
export type Tenant = {
  orgId: OrgId
  teamId: TeamId
  keys: TenantKey[]
  /** Last four characters of the credential that only this organisation sends: how the oracle knows whose a call is. */
  credentialLast4: string
}

export type TenantWish = {
  organisations: number
  keysEach: number
  /** nano-USD of the quota of every fifth key. */
  tightQuota: NanoUsd
  /** Origin of the provider, through its link. */
  upstream: string
  storeOutage: 'closed' | 'bounded'
  /** Given to the organisations in turn; four zones far from each other unless told. */
  timeZones?: readonly string[]
}

/**
 * Organisations with budgets of every kind on the way of each request: a hard pool of the organisation, a hard one for
 * each person of the team, a soft one of the team, and tight hard quotas of some keys.
 */
export async function makeTenants(database: Database, wish: TenantWish): Promise<Tenant[]> {
  const made: Tenant[] = []
  for (let at = 0; at < wish.organisations; at += 1) made.push(await makeTenant(database, wish, at))
  return made
}

/** In which the organisations of a run live. */
export const tenantZones: readonly string[] = ['UTC', 'Asia/Kathmandu', 'America/New_York', 'Pacific/Chatham']

const usd = 1_000_000_000n

async function makeTenant({ prisma }: Database, wish: TenantWish, at: number): Promise<Tenant> {
  const zones = wish.timeZones ?? tenantZones
  const { id: orgId } = await organisations.create(prisma, {
    name: `Lab ${randomBytes(5).toString('hex')}`,
    timeZone: zones[at % zones.length] ?? 'UTC',
  })
  // The same prompt comes many times at once, and calls are counted.
  await organisations.update(prisma, orgId, { storeOutage: wish.storeOutage, joinInFlight: false })
  const organisation: Scope = { kind: 'organisation', id: orgId }
  const free = { requestsPerMinute: 1_000_000, requestsPerHour: null, tokensPerMinute: null, tokensPerHour: null }
  valueOf(await rateLimits.set(prisma, orgId, organisation, { ...free, bucket: null, concurrency: null }))

  const credentialLast4 = `${at}${randomBytes(4).toString('base64url')}`.slice(0, 4)
  const id = providers.newProviderId()
  const sealed = sealCredential(`sk-lab-${credentialLast4}`, testCredentialKeys.publicKey, {
    orgId,
    providerId: id,
    origin: wish.upstream,
  })
  const provider = await providers.create(prisma, orgId, {
    id,
    name: 'Simulated',
    kind: 'simulator',
    baseUrl: `${wish.upstream}/v1`,
    credential: { sealed, last4: credentialLast4 },
  })
  const model = { id: 'gpt-4o-mini', ownedBy: 'openai', maxOutputTokens: 16_384 }
  await providers.addModels(prisma, orgId, provider, [model])

  const { id: teamId } = valueOf(await teams.create(prisma, orgId, 'Team'))
  const limit = async (scope: Scope, amount: NanoUsd, mode: BudgetMode, sharing: BudgetSharing) =>
    void valueOf(await budgets.set(prisma, orgId, { scope, period: 'month', limit: amount, mode, sharing }))
  await limit(organisation, 1_000n * usd, 'hard', 'pool')
  await limit({ kind: 'team', id: teamId }, 100n * usd, 'hard', 'each')
  await limit({ kind: 'team', id: teamId }, 1n, 'soft', 'pool')

  const made: TenantKey[] = []
  for (let key = 0; key < wish.keysEach; key += 1) {
    const tight = key % 5 === 4
    const { text, publicId, last4 } = newKeyText(randomBytes)
    const pepperVersion = newestPepper(testPeppers)
    const member = valueOf(
      await members.create(prisma, orgId, {
        email: `${publicId.toLowerCase()}@lab.example`,
        name: `Person ${key + 1}`,
        access: 'member',
        teamIds: [teamId],
      }),
    )
    const stored = valueOf(
      await keys.create(prisma, orgId, {
        name: `key ${key + 1}`,
        publicId,
        last4,
        hash: hashKey(text, testPeppers, pepperVersion),
        pepperVersion,
        teamId,
        memberId: member.id,
        allowedModels: null,
        expiresAt: null,
        createdBy: null,
        quota: tight ? { limit: wish.tightQuota, period: 'month' } : null,
      }),
    )
    made.push({ id: stored.id, secret: text, tight })
  }
  return { orgId, teamId, keys: made, credentialLast4 }
}

/** The value of a change that cannot be refused here. */
export function valueOf<T>(outcome: Outcome<T, string>): T {
  if (!outcome.ok) throw new Error(`The tenant was not made: ${outcome.reason}`)
  return outcome.value
}
