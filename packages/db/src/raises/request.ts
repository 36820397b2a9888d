import type { BudgetId, MemberId, OrgId, RequestId } from '@tollkeeper/domain/id'
import { maxLimitNano, type NanoUsd } from '@tollkeeper/domain/price'
import { atomic } from '../atomic.ts'
import type { Db } from '../client.ts'
import type { Prisma } from '../generated/client.ts'
import { makeId } from '../ids.ts'
import { done, isTaken, no, type Outcome } from '../outcome.ts'
import { give, isSoon, type GivenRaise, type RaiseRefusal } from './raise.ts'

export type RaiseState = 'open' | 'approved' | 'declined' | 'withdrawn' | 'expired'

/** Somebody asks for more on a budget until a time. */
export type RaiseRequest = {
  id: string
  budgetId: BudgetId
  /** Whose counter of an `each` budget; null: the shared one. */
  subject: string | null
  amount: NanoUsd
  until: Date
  reason: string
  /** The refused request that it is about. */
  refusedRequest: RequestId | null
  state: RaiseState
  requestedBy: Person
  createdAt: Date
  decided: { by: Person; at: Date; note: string } | null
  /** What was given for it, which may be less than was asked for; null: nothing so far. */
  given: NanoUsd | null
}

type Person = { id: MemberId; name: string }

export type NewRaiseRequest = Pick<
  RaiseRequest,
  'budgetId' | 'subject' | 'amount' | 'until' | 'reason' | 'refusedRequest' | 'requestedBy'
>

/** Keeps a request. `open`: the person has asked for that budget already. */
export async function ask(
  db: Db,
  orgId: OrgId,
  wanted: NewRaiseRequest,
  at = new Date(),
): Promise<Outcome<RaiseRequest, 'not-found' | 'amount' | 'until' | 'open'>> {
  const { budgetId, amount, until, requestedBy } = wanted
  if (amount <= 0n || amount > maxLimitNano) return no('amount')
  if (!isSoon(until, at.getTime())) return no('until')
  try {
    return await atomic(db, async (tx) => {
      if (!(await tx.budget.findFirst({ where: { orgId, id: budgetId, deletedAt: null } }))) return no('not-found')
      // What has expired stands in nobody's way.
      await tx.raiseRequest.updateMany({
        where: { orgId, budgetId, requestedBy: requestedBy.id, state: 'open', until: { lte: at } },
        data: { state: 'expired' },
      })
      const row = await tx.raiseRequest.create({
        data: {
          orgId,
          id: makeId('raiseRequest'),
          budgetId,
          subject: wanted.subject,
          amountNano: amount,
          until,
          reason: wanted.reason,
          refusedRequest: wanted.refusedRequest,
          requestedBy: requestedBy.id,
          requestedByName: requestedBy.name,
          createdAt: at,
        },
      })
      return done(fromRow(row, at))
    })
  } catch (problem) {
    if (isTaken(problem)) return no('open')
    throw problem
  }
}

/** Requests, newest first. */
export async function requests(
  db: Db,
  orgId: OrgId,
  of: { open?: boolean; requestedBy?: MemberId; limit?: number } = {},
  at = new Date(),
): Promise<RaiseRequest[]> {
  const rows = await db.raiseRequest.findMany({
    where: {
      orgId,
      ...(of.open === true ? { state: 'open', until: { gt: at } } : {}),
      ...(of.requestedBy === undefined ? {} : { requestedBy: of.requestedBy }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: of.limit ?? 200,
  })
  return withGiven(db, orgId, rows, at)
}

export async function oneRequest(db: Db, orgId: OrgId, id: string, at = new Date()): Promise<RaiseRequest | undefined> {
  const row = await db.raiseRequest.findUnique({ where: { orgId_id: { orgId, id } } })
  return row ? (await withGiven(db, orgId, [row], at))[0] : undefined
}

/** What somebody decided about an open request. An approval may give less, or for a shorter time, than was asked for. */
export type Decision = { by: Person; note: string } & (
  | { kind: 'approve'; amount: NanoUsd; until: Date }
  | { kind: 'decline' }
)

export type DecisionRefusal = RaiseRefusal | 'not-open' | 'own'

/**
 * Decides an open request; approving gives the raise in the same transaction. Never by who asked: neither as the same
 * member nor as another member with the same login or address.
 */
export async function decide(
  db: Db,
  orgId: OrgId,
  id: string,
  decision: Decision,
  at = new Date(),
): Promise<Outcome<{ request: RaiseRequest; raise: GivenRaise | null }, DecisionRefusal>> {
  return atomic(db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM raise_request WHERE org_id = ${orgId} AND id = ${id} FOR UPDATE`
    const request = await oneRequest(tx, orgId, id, at)
    if (!request) return no('not-found')
    if (request.state !== 'open') return no('not-open')
    if (await isSamePerson(tx, orgId, request.requestedBy.id, decision.by.id)) return no('own')
    let raise: GivenRaise | null = null
    if (decision.kind === 'approve') {
      if (decision.amount > request.amount) return no('amount')
      if (decision.until > request.until) return no('until')
      const { budgetId, subject, reason } = request
      const { amount, until, by } = decision
      const given = await give(tx, orgId, { budgetId, subject, amount, until, reason, givenBy: by, requestId: id }, at)
      if (!given.ok) return given
      raise = given.value
    }
    const closed = await close(tx, orgId, id, decision, at)
    return done({ request: { ...closed, given: raise?.amount ?? null }, raise })
  })
}

/** Takes an open request back; only whoever made it. */
export async function withdraw(
  db: Db,
  orgId: OrgId,
  id: string,
  by: MemberId,
  at = new Date(),
): Promise<RaiseRequest | undefined> {
  const where = { orgId, id, requestedBy: by, state: 'open' } as const
  const { count } = await db.raiseRequest.updateMany({ where, data: { state: 'withdrawn', decidedAt: at } })
  return count === 1 ? oneRequest(db, orgId, id, at) : undefined
}

async function close(tx: Db, orgId: OrgId, id: string, decision: Decision, at: Date): Promise<RaiseRequest> {
  const row = await tx.raiseRequest.update({
    where: { orgId_id: { orgId, id } },
    data: {
      state: decision.kind === 'approve' ? 'approved' : 'declined',
      decidedBy: decision.by.id,
      decidedByName: decision.by.name,
      decidedAt: at,
      note: decision.note,
    },
  })
  return fromRow(row, at)
}

/** One human may be in an organisation twice, under two addresses with one login. */
export async function isSamePerson(db: Db, orgId: OrgId, a: MemberId, b: MemberId): Promise<boolean> {
  if (a === b) return true
  const rows = await db.member.findMany({ where: { orgId, id: { in: [a, b] } }, select: { userId: true } })
  const [first, second] = rows.map((row) => row.userId)
  return first !== null && first !== undefined && first === second
}

type Row = Prisma.RaiseRequestGetPayload<object>

async function withGiven(db: Db, orgId: OrgId, rows: readonly Row[], at: Date): Promise<RaiseRequest[]> {
  const raises = await db.budgetRaise.findMany({ where: { orgId, requestId: { in: rows.map((row) => row.id) } } })
  const given = new Map(raises.map((raise) => [raise.requestId, raise.amountNano]))
  return rows.map((row) => ({ ...fromRow(row, at), given: given.get(row.id) ?? null }))
}

const fromRow = (row: Row, at: Date): RaiseRequest => ({
  id: row.id,
  budgetId: row.budgetId as BudgetId,
  subject: row.subject,
  amount: row.amountNano,
  until: row.until,
  reason: row.reason,
  refusedRequest: row.refusedRequest as RequestId | null,
  state: row.state === 'open' && row.until <= at ? 'expired' : row.state,
  requestedBy: { id: row.requestedBy as MemberId, name: row.requestedByName },
  createdAt: row.createdAt,
  decided:
    row.decidedBy === null || row.decidedAt === null
      ? null
      : {
          by: { id: row.decidedBy as MemberId, name: row.decidedByName ?? '' },
          at: row.decidedAt,
          note: row.note ?? '',
        },
  given: null,
})
