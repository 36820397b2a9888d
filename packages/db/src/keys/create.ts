import type { BudgetMode } from '@tollkeeper/domain/budget'
import type { KeyId, MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import { maxLimitNano, type NanoUsd } from '@tollkeeper/domain/price'
import type { BudgetPeriod } from '@tollkeeper/domain/time'
import { atomic } from '../atomic.ts'
import { begin } from '../budgets/set.ts'
import type { Db } from '../client.ts'
import type { KeyPurpose } from '../generated/client.ts'
import { makeId } from '../ids.ts'
import { done, no, type Outcome } from '../outcome.ts'
import { noteKeyChanges, noteOrgChange } from '../policies/outbox.ts'
import { readKeys, withOwners, type ApiKey } from './key.ts'

export type NewKey = {
  name: string
  /** From domain/key `newKeyText`; the text itself is not stored. */
  publicId: string
  last4: string
  /** From domain/key `hashKey`. */
  hash: string
  pepperVersion: number
  teamId: TeamId
  memberId: MemberId | null
  /** Null allows every model. */
  allowedModels: readonly string[] | null
  expiresAt: Date | null
  purpose?: KeyPurpose
  /** Who made it, as shown. */
  createdBy: string | null
  quota: { limit: NanoUsd; period: BudgetPeriod; mode?: BudgetMode } | null
}

/** Stores a key and its quota, both or neither. */
export async function create(
  db: Db,
  orgId: OrgId,
  key: NewKey,
  at = new Date(),
): Promise<Outcome<ApiKey, 'no-team' | 'no-member' | 'limit'>> {
  const { quota, allowedModels, ...columns } = key
  if (quota && (quota.limit < 0n || quota.limit > maxLimitNano)) return no('limit')
  return atomic(db, async (tx) => {
    if (!(await tx.team.findFirst({ where: { orgId, id: key.teamId, archivedAt: null } }))) return no('no-team')
    if (
      key.memberId !== null &&
      !(await tx.member.findFirst({ where: { orgId, id: key.memberId, removedAt: null } }))
    ) {
      return no('no-member')
    }
    const row = await tx.apiKey.create({
      data: {
        ...columns,
        orgId,
        id: makeId('key'),
        purpose: key.purpose ?? 'standard',
        allowedModels: [...(allowedModels ?? [])],
        createdAt: at,
      },
      include: withOwners,
    })
    if (quota) await giveQuota(tx, orgId, row.id as KeyId, quota, at)
    await noteKeyChanges(tx, orgId, [row.id])
    const [made] = await readKeys(tx, orgId, [row], at)
    if (!made) throw new Error('The key just made cannot be read')
    return done(made)
  })
}

async function giveQuota(
  tx: Db,
  orgId: OrgId,
  id: KeyId,
  quota: NonNullable<NewKey['quota']>,
  at: Date,
): Promise<void> {
  const org = await tx.organisation.findUniqueOrThrow({ where: { id: orgId }, select: { timeZone: true } })
  const budget = { ...quota, scope: { kind: 'key', id }, mode: quota.mode ?? 'hard', sharing: 'pool' } as const
  await begin(tx, orgId, budget, { zone: org.timeZone, at: at.getTime() })
  await noteOrgChange(tx, orgId)
}
