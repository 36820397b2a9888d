import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import type { PolicyProvider, ProviderKind } from '@tollkeeper/domain/policy'
import { z } from 'zod'
import type { Db } from '../client.ts'
import type { Prisma, ProviderKind as KindColumn } from '../generated/client.ts'

const verificationShape = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    status: z.int(),
    models: z.array(z.object({ id: z.string(), ownedBy: z.string().nullish() })),
    /** Rate limits the provider stated in its headers, per minute. */
    limits: z.object({ requests: z.number().optional(), tokens: z.number().optional() }).nullable(),
    latencyMs: z.number(),
  }),
  z.object({ ok: z.literal(false), status: z.int().nullable(), message: z.string() }),
])

/** What the last Verify found. */
export type Verification = z.output<typeof verificationShape>

/** A model of a provider as an organisation offers it. */
export type ProviderModel = {
  /** The name callers use. */
  name: string
  upstreamName: string
  /** Provider id in the price book, e.g. `openai`. */
  priceProvider: string
  contextWindow: number | null
  maxOutputTokens: number | null
  enabled: boolean
  createdAt: Date
}

/** A connected provider. Its credential cannot be read: only whether there is one, its end and its age. */
export type Provider = {
  id: ProviderId
  name: string
  kind: ProviderKind
  /** Without a slash at its end. */
  baseUrl: string
  credential: { last4: string; setAt: Date } | null
  enabled: boolean
  verification: Verification | null
  verifiedAt: Date | null
  createdAt: Date
  models: ProviderModel[]
}

export const kindToRow = (kind: ProviderKind): KindColumn => (kind === 'openai-compatible' ? 'openai_compatible' : kind)
const kindFromRow = (kind: KindColumn): ProviderKind => (kind === 'openai_compatible' ? 'openai-compatible' : kind)

const withModels = { models: { orderBy: { name: 'asc' } } } satisfies Prisma.ProviderInclude

/** Connected providers in the order they were connected. */
export async function list(db: Db, orgId: OrgId): Promise<Provider[]> {
  const rows = await db.provider.findMany({
    where: { orgId, removedAt: null },
    include: withModels,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map(fromRow)
}

export async function one(db: Db, orgId: OrgId, id: ProviderId): Promise<Provider | undefined> {
  const row = await db.provider.findFirst({ where: { orgId, id, removedAt: null }, include: withModels })
  return row ? fromRow(row) : undefined
}

/** Enabled providers as a proxy calls them, each with its sealed credential. */
export async function callable(db: Db, orgId: OrgId): Promise<PolicyProvider[]> {
  const rows = await db.provider.findMany({
    where: { orgId, removedAt: null, enabled: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map(({ id, kind, name, baseUrl, sealedCredential }) => ({
    id: id as ProviderId,
    kind: kindFromRow(kind),
    name,
    baseUrl,
    sealedCredential,
  }))
}

/** The sealed credential, which only a proxy can open; for asking a proxy to verify. Undefined: no such provider. */
export async function sealedCredentialOf(db: Db, orgId: OrgId, id: ProviderId): Promise<string | null | undefined> {
  const row = await db.provider.findFirst({ where: { orgId, id, removedAt: null }, select: { sealedCredential: true } })
  return row?.sealedCredential
}

function fromRow(row: Prisma.ProviderGetPayload<{ include: typeof withModels }>): Provider {
  const { credentialLast4, credentialSetAt } = row
  return {
    id: row.id as ProviderId,
    name: row.name,
    kind: kindFromRow(row.kind),
    baseUrl: row.baseUrl,
    credential:
      credentialLast4 === null || credentialSetAt === null ? null : { last4: credentialLast4, setAt: credentialSetAt },
    enabled: row.enabled,
    verification: row.verification === null ? null : verificationShape.parse(row.verification),
    verifiedAt: row.verifiedAt,
    createdAt: row.createdAt,
    models: row.models.map(
      ({ name, upstreamName, priceProvider, contextWindow, maxOutputTokens, enabled, createdAt }) => ({
        name,
        upstreamName,
        priceProvider,
        contextWindow,
        maxOutputTokens,
        enabled,
        createdAt,
      }),
    ),
  }
}
