import type { Budget } from '@tollkeeper/domain/budget'
import type { KeyId, MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import { fromRow as budgetFromRow } from '../budgets/rows.ts'
import type { Db } from '../client.ts'
import type { KeyPurpose, Prisma } from '../generated/client.ts'
import { shownStatus, type ShownStatus } from './status.ts'

/** A gateway key as people see it. Its text and hash are not part of it. */
export type ApiKey = {
  id: KeyId
  /** The 8 characters after `sk-gw-`. */
  publicId: string
  last4: string
  name: string
  purpose: KeyPurpose
  status: ShownStatus
  statusChangedAt: Date | null
  team: { id: TeamId; name: string }
  /** The person it belongs to; null for a service key. */
  member: { id: MemberId; name: string; email: string } | null
  /** Names or patterns with `*`; null allows every model of the organisation. */
  allowedModels: string[] | null
  expiresAt: Date | null
  createdBy: string | null
  createdAt: Date
  lastUsedAt: Date | null
  /** Its budgets; the first is the one that was given when it was made. */
  quotas: Budget[]
}

export const withOwners = {
  team: { select: { id: true, name: true } },
  member: { select: { id: true, name: true, email: true } },
} satisfies Prisma.ApiKeyInclude

type Row = Prisma.ApiKeyGetPayload<{ include: typeof withOwners }>

/** Rows as keys with their quotas, in the same order. */
export async function readKeys(db: Db, orgId: OrgId, rows: readonly Row[], at: Date): Promise<ApiKey[]> {
  const budgets = await db.budget.findMany({
    where: { orgId, deletedAt: null, scopeKind: 'key', scopeId: { in: rows.map((row) => row.id) } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map((row) => {
    const { team, member } = row
    return {
      id: row.id as KeyId,
      publicId: row.publicId,
      last4: row.last4,
      name: row.name,
      purpose: row.purpose,
      status: shownStatus(row, at),
      statusChangedAt: row.statusChangedAt,
      team: { id: team.id as TeamId, name: team.name },
      member: member && { ...member, id: member.id as MemberId },
      allowedModels: row.allowedModels.length === 0 ? null : row.allowedModels,
      expiresAt: row.expiresAt,
      createdBy: row.createdBy,
      createdAt: row.createdAt,
      lastUsedAt: row.lastUsedAt,
      quotas: budgets.filter((budget) => budget.scopeId === row.id).map((budget) => budgetFromRow(budget, row.name)),
    }
  })
}
