import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Db } from '../client.ts'
import type { Rerating as Row } from '../generated/client.ts'
import { makeId } from '../ids.ts'
import { done, no, type Outcome } from '../outcome.ts'
import type { Reached, Stretch } from './charges.ts'

/** A corrected price that is, or was, applied to past usage. */
export type Rerating = Stretch & {
  orgId: OrgId
  id: string
  /** The price override. */
  priceId: string
  reason: string
  actor: { id: string; name: string }
  /** As the preview said when it was applied. */
  attempts: number
  expectedNano: NanoUsd
  leftAlone: number
  startedAt: Date
  finishedAt: Date | null
  reached: Reached | null
}

export type NewRerating = Pick<
  Rerating,
  | 'providerId'
  | 'model'
  | 'since'
  | 'until'
  | 'priceId'
  | 'reason'
  | 'actor'
  | 'attempts'
  | 'expectedNano'
  | 'leftAlone'
>

/** Notes that a price is to be applied; the worker does it. `running`: another one is not finished. */
export async function start(db: Db, orgId: OrgId, rerating: NewRerating): Promise<Outcome<string, 'running'>> {
  const { actor, ...rest } = rerating
  const id = makeId('rerating')
  const { count } = await db.rerating.createMany({
    data: [{ ...rest, orgId, id, actorId: actor.id, actorName: actor.name }],
    skipDuplicates: true,
  })
  return count === 0 ? no('running') : done(id)
}

/** What a re-rating has done by the ledger: attempts adjusted, and by how much together. */
export type ReratingProgress = { adjusted: number; differenceNano: NanoUsd }

/** Re-ratings of an organisation, newest first, with what is in the ledger of each. */
export async function list(db: Db, orgId: OrgId, limit = 20): Promise<(Rerating & ReratingProgress)[]> {
  const rows = await db.rerating.findMany({ where: { orgId }, orderBy: { startedAt: 'desc' }, take: limit })
  const sums = await db.ledgerEntry.groupBy({
    by: ['reratingId'],
    where: { orgId, kind: 'adjustment', reratingId: { in: rows.map((row) => row.id) } },
    _count: true,
    _sum: { amountNano: true },
  })
  const of = new Map(
    sums.map(({ reratingId, _count: adjusted, _sum: sum }) => [
      reratingId,
      { adjusted, differenceNano: sum.amountNano ?? 0n },
    ]),
  )
  return rows.map((row) => ({
    ...fromRow(row),
    ...(of.get(row.id) ?? { adjusted: 0, differenceNano: 0n }),
  }))
}

/** Unfinished ones of every organisation, oldest first: for the worker. */
export async function unfinished(db: Db): Promise<Rerating[]> {
  const rows = await db.rerating.findMany({ where: { finishedAt: null }, orderBy: { startedAt: 'asc' } })
  return rows.map(fromRow)
}

/** Notes that every attempt up to one is in the ledger: whoever goes on begins there. */
export async function noteReached(
  db: Db,
  { orgId, id }: Pick<Rerating, 'orgId' | 'id'>,
  reached: Reached,
): Promise<void> {
  const to = { reachedAt: reached.at, reachedAttempt: reached.attemptId }
  await db.rerating.updateMany({ where: { orgId, id, finishedAt: null }, data: to })
}

export async function finish(db: Db, { orgId, id }: Pick<Rerating, 'orgId' | 'id'>, at = new Date()): Promise<void> {
  await db.rerating.updateMany({ where: { orgId, id, finishedAt: null }, data: { finishedAt: at } })
}

function fromRow(row: Row): Rerating {
  const { orgId, providerId, actorId, actorName, reachedAt, reachedAttempt, ...rest } = row
  return {
    ...rest,
    orgId: orgId as OrgId,
    providerId: providerId as ProviderId,
    actor: { id: actorId, name: actorName },
    reached: reachedAt === null || reachedAttempt === null ? null : { at: reachedAt, attemptId: reachedAttempt },
  }
}
