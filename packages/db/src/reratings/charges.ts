import type { AttemptId, OrgId, ProviderId } from '@tollkeeper/domain/id'
import { reratedAmount, type NanoUsd, type Price } from '@tollkeeper/domain/price'
import type { AttemptEvent } from '@tollkeeper/domain/usage'
import type { Db } from '../client.ts'
import type { LedgerEntry as Row } from '../generated/client.ts'
import { tokensOfRow } from '../ledger/ledger-row.ts'
import { openedBudgets } from './opened-budgets.ts'

/** Which charges a price is applied to: those of a model of a provider that were held in a stretch of time. */
export type Stretch = { providerId: ProviderId; model: string; since: Date; until: Date }

/** The last attempt of those that were read. */
export type Reached = { at: Date; attemptId: string }

/** One charged attempt beside what a price makes of it. */
export type RatedAttempt = {
  attemptId: AttemptId
  at: Date
  /** Everything that it was charged so far, adjustments included. */
  chargedNano: NanoUsd
  /** What it costs at the price; null where that cannot be told. */
  rightNano: NanoUsd | null
  /** Counters that it was charged to, and those of budgets that were opened with it. */
  nodes: string[]
  meta: AttemptEvent['meta']
  result: AttemptEvent['result']
}

/**
 * The charged attempts of a stretch at a price, in the order of their holds, a page at a time. One whose charge is
 * provisional is not among them; nor is one whose rows are not all in the ledger yet.
 */
export async function* ratedAttempts(
  db: Db,
  orgId: OrgId,
  of: { stretch: Stretch; price: Price; page: number; after?: Reached | null },
): AsyncGenerator<{ attempts: RatedAttempt[]; reached: Reached }> {
  const openedWith = await openedBudgets(db, orgId)
  let after = of.after
  for (;;) {
    const charges = await pageOf(db, orgId, of, after)
    const last = charges.at(-1)
    if (!last) return
    const reached = { at: last.at, attemptId: last.attemptId }
    const sums = await sumsOf(db, orgId, charges)
    const attempts = charges.flatMap((row) => {
      const sum = sums.get(row.attemptId)
      // What moves out of a slice is a correction without a charge of its own.
      if (!sum || (row.kind === 'correction' && !sum.provisional)) return []
      return [ratedOf(row, BigInt(sum.amount), of.price, openedWith(row))]
    })
    yield { attempts, reached }
    if (charges.length < of.page) return
    after = reached
  }
}

const pageOf = (db: Db, orgId: OrgId, of: { stretch: Stretch; page: number }, after: Reached | null | undefined) => {
  const { providerId, model, since, until } = of.stretch
  return db.ledgerEntry.findMany({
    where: {
      orgId,
      at: { gte: after?.at ?? since, lt: until },
      ...(after && { OR: [{ at: { gt: after.at } }, { at: after.at, attemptId: { gt: after.attemptId } }] }),
      providerId,
      model,
      kind: { in: ['final', 'correction'] },
    },
    orderBy: [{ at: 'asc' }, { attemptId: 'asc' }],
    take: of.page,
  })
}

type Sum = { id: string; amount: string; provisional: boolean }

/** All rows of an attempt have the moment of its hold, so that they are found by the index of the page. */
async function sumsOf(db: Db, orgId: OrgId, charges: readonly Row[]): Promise<Map<string, Sum>> {
  const [first, last] = [charges[0], charges.at(-1)]
  if (!first || !last) return new Map()
  const rows = await db.$queryRaw<Sum[]>`
    SELECT attempt_id AS id, sum(amount_nano)::text AS amount, bool_or(kind = 'provisional') AS provisional
    FROM ledger_entry WHERE org_id = ${orgId} AND at >= ${first.at} AND at <= ${last.at}
      AND attempt_id = ANY(${charges.map((row) => row.attemptId)})
    GROUP BY attempt_id`
  return new Map(rows.map((row) => [row.id, row]))
}

function ratedOf(row: Row, chargedNano: NanoUsd, price: Price, opened: readonly string[]): RatedAttempt {
  const source = row.usageSource as AttemptEvent['result']['usageSource']
  const amount = row.kind === 'correction' ? row.amountNano + row.holdNano : row.amountNano
  const charge = { tokens: tokensOfRow(row), source, amount, hold: row.holdNano }
  const scopes = {
    orgId: row.orgId,
    teamId: row.teamId,
    roleGroupId: row.roleGroupId,
    roleId: row.roleId,
    userId: row.memberId,
    keyId: row.keyId,
  } as AttemptEvent['meta']['scopes']
  return {
    attemptId: row.attemptId as AttemptId,
    at: row.at,
    chargedNano,
    rightNano: reratedAmount(charge, price),
    nodes: [...row.nodes, ...opened],
    meta: {
      requestId: row.requestId as AttemptEvent['meta']['requestId'],
      scopes,
      providerId: row.providerId as ProviderId,
      model: row.model,
      priceVersion: price.version,
      atMs: row.at.getTime(),
    },
    result: {
      outcome: row.outcome as AttemptEvent['result']['outcome'],
      usageSource: source,
      tokens: {},
      status: row.upstreamStatus,
    },
  }
}
