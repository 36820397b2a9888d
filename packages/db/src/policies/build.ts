import type { Budget } from '@tollkeeper/domain/budget'
import type { KeyId, MemberId, OrgId, RoleGroupId, RoleId, TeamId } from '@tollkeeper/domain/id'
import { keyRecord, orgPolicy, type KeyRecord, type OrgPolicy } from '@tollkeeper/domain/policy'
import type { Instant } from '@tollkeeper/domain/time'
import { list as listBudgets } from '../budgets/list.ts'
import type { Db } from '../client.ts'
import { list as listFallbacks } from '../fallbacks.ts'
import type { Prisma } from '../generated/client.ts'
import { one as organisation } from '../organisations.ts'
import { list as listProviders } from '../providers/provider.ts'
import { list as listRateLimits } from '../rate-limits.ts'
import { pricedModels, toPolicyModel } from './models.ts'

/**
 * What the proxies must know of an organisation now; undefined when there is none. The version is read first: a change
 * that comes in between makes the content newer than it says, never older.
 */
export async function buildOrgPolicy(
  db: Db,
  orgId: OrgId,
  options: { consoleUrl: string | null; at?: Instant },
): Promise<OrgPolicy | undefined> {
  const org = await organisation(db, orgId)
  if (!org) return undefined
  const providers = (await listProviders(db, orgId)).filter((provider) => provider.enabled)
  const sealed = await db.provider.findMany({ where: { orgId }, select: { id: true, sealedCredential: true } })
  const credentials = new Map(sealed.map((row) => [row.id, row.sealedCredential]))
  const models = await pricedModels(db, orgId, providers, options.at ?? Date.now())
  return orgPolicy.parse({
    version: org.policyVersion,
    orgId,
    slug: org.slug,
    name: org.name,
    timeZone: org.timeZone,
    suspended: org.suspended,
    settings: {
      moneyRefusalStatus: org.moneyRefusalStatus,
      showAmounts: org.showAmounts,
      defaultMaxOutputTokens: org.defaultMaxOutputTokens,
      storeOutage: org.storeOutage,
      joinInFlight: org.joinInFlight,
      consoleUrl: options.consoleUrl,
    },
    budgets: (await usableBudgets(db, orgId)).map(asText),
    rateLimits: await listRateLimits(db, orgId),
    providers: providers.map(({ id, kind, name, baseUrl }) => ({
      id,
      kind,
      name,
      baseUrl,
      sealedCredential: credentials.get(id) ?? null,
    })),
    models: models.map(toPolicyModel),
    fallbacks: await listFallbacks(db, orgId),
  })
}

/** A budget as JSON can say it. */
function asText({ limit, opening, raises, carryOver, carried, ...rest }: Budget) {
  const withText = <T extends { amount: bigint }>(of: T) => ({ ...of, amount: String(of.amount) })
  return {
    ...rest,
    limit: String(limit),
    opening: opening && withText(opening),
    ...(raises ? { raises: raises.map(withText) } : {}),
    ...(carryOver == null ? {} : { carryOver: String(carryOver) }),
    ...(carried ? { carried: carried.map(withText) } : {}),
  }
}

/** Budgets that a request can meet: a revoked key never sends one. */
async function usableBudgets(db: Db, orgId: OrgId) {
  const budgets = await listBudgets(db, orgId)
  const revoked = await db.apiKey.findMany({ where: { orgId, status: 'revoked' }, select: { id: true } })
  const gone = new Set(revoked.map((row) => row.id))
  return budgets.filter((budget) => budget.scope.kind !== 'key' || !gone.has(budget.scope.id))
}

const withChain = { member: { include: { role: true } } } satisfies Prisma.ApiKeyInclude
type Row = Prisma.ApiKeyGetPayload<{ include: typeof withChain }>

/** What the proxies must know of a key; undefined when there is none. */
export async function buildKeyRecord(db: Db, orgId: OrgId, id: KeyId): Promise<KeyRecord | undefined> {
  const row = await db.apiKey.findUnique({ where: { orgId_id: { orgId, id } }, include: withChain })
  return row ? toRecord(row) : undefined
}

/** Records of an organisation's keys in pages, by id; for publishing everything. `after` is the id of the last one. */
export async function keyRecords(
  db: Db,
  orgId: OrgId,
  page: { after?: KeyId; limit?: number } = {},
): Promise<{ records: KeyRecord[]; next: KeyId | null }> {
  const { after, limit = 500 } = page
  const rows = await db.apiKey.findMany({
    where: { orgId, ...(after === undefined ? {} : { id: { gt: after } }) },
    include: withChain,
    orderBy: { id: 'asc' },
    take: limit,
  })
  const last = rows.at(-1)
  return { records: rows.map(toRecord), next: rows.length === limit && last ? (last.id as KeyId) : null }
}

function toRecord(row: Row): KeyRecord {
  return keyRecord.parse({
    version: row.version,
    publicId: row.publicId,
    name: row.name,
    hash: row.hash,
    pepperVersion: row.pepperVersion,
    status: row.status,
    statusChangedAtMs: row.statusChangedAt?.getTime() ?? null,
    expiresAtMs: row.expiresAt?.getTime() ?? null,
    scopes: chainOf(row),
    allowedModels: row.allowedModels.length === 0 ? null : row.allowedModels,
  })
}

const chainOf = (row: Row): KeyRecord['scopes'] => ({
  orgId: row.orgId as OrgId,
  teamId: row.teamId as TeamId,
  roleGroupId: (row.member?.role?.roleGroupId ?? null) as RoleGroupId | null,
  roleId: (row.member?.roleId ?? null) as RoleId | null,
  userId: row.memberId as MemberId | null,
  keyId: row.id as KeyId,
})
