import type { AttemptId, OrgId, ProviderId, RequestId } from '@tollkeeper/domain/id'
import { tokenClasses, type NanoUsd, type TokenClass, type TokenCounts } from '@tollkeeper/domain/price'
import type { MoneyEvent } from '@tollkeeper/domain/usage'
import type { Db } from '../client.ts'
import type { LedgerEntry as Row } from '../generated/client.ts'
import { namesOf, type ScopeNames } from '../scope-names.ts'

/** One row of the ledger. */
export type LedgerRow = {
  eventId: string
  attemptId: AttemptId
  requestId: RequestId
  kind: MoneyEvent['kind']
  outcome: MoneyEvent['result']['outcome']
  usageSource: MoneyEvent['result']['usageSource']
  upstreamStatus: number | null
  at: Date
  recordedAt: Date
  providerId: ProviderId
  model: string
  priceVersion: string
  tokens: TokenCounts
  /** Signed: the rows of an attempt add up to what it cost. */
  amountNano: NanoUsd
  holdNano: NanoUsd
  nodes: string[]
  /** Why and by whom, of an adjustment. */
  cause: { reason: string; actorName: string } | null
}

/** The rows of a request's attempts in the order of their holds. */
export async function ofRequest(db: Db, orgId: OrgId, requestId: string): Promise<LedgerRow[]> {
  const rows = await db.ledgerEntry.findMany({
    where: { orgId, requestId },
    orderBy: [{ at: 'asc' }, { recordedAt: 'asc' }, { eventId: 'asc' }],
  })
  const actors = rows.flatMap(({ actorId: id }) => (id === null ? [] : [{ kind: 'user' as const, id }]))
  const names = await namesOf(db, orgId, actors)
  return rows.map((row) => fromRow(row, names))
}

/** Tokens of a stored row. */
export function tokensOfRow(row: Readonly<Record<TokenClass, number>>): TokenCounts {
  const tokens: TokenCounts = {}
  for (const name of tokenClasses) if (row[name] > 0) tokens[name] = row[name]
  return tokens
}

function fromRow(row: Row, names: ScopeNames): LedgerRow {
  return {
    eventId: row.eventId,
    attemptId: row.attemptId as AttemptId,
    requestId: row.requestId as RequestId,
    kind: row.kind as LedgerRow['kind'],
    outcome: row.outcome as LedgerRow['outcome'],
    usageSource: row.usageSource as LedgerRow['usageSource'],
    upstreamStatus: row.upstreamStatus,
    at: row.at,
    recordedAt: row.recordedAt,
    providerId: row.providerId as ProviderId,
    model: row.model,
    priceVersion: row.priceVersion,
    tokens: tokensOfRow(row),
    amountNano: row.amountNano,
    holdNano: row.holdNano,
    nodes: row.nodes,
    cause:
      row.reason === null || row.actorId === null
        ? null
        : { reason: row.reason, actorName: names.get(`user:${row.actorId}`) ?? row.actorId },
  }
}
