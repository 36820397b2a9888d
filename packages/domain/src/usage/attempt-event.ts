import { z } from 'zod'
import { attemptId, keyId, memberId, orgId, providerId, requestId, roleGroupId, roleId, teamId } from '../id/index.ts'
import { nanoUsdText } from '../price/index.ts'
import { tokenCounts, usageSources } from './usage.ts'

/** Who pays: the scope ids stored with every charge. */
export const scopeIds = z.object({
  orgId,
  teamId: teamId.nullable(),
  roleGroupId: roleGroupId.nullable(),
  roleId: roleId.nullable(),
  userId: memberId.nullable(),
  keyId,
})

/**
 * What is known when an attempt is held, before a byte leaves. Kept beside the hold, so that a charge can be
 * recorded even if the proxy that sent it dies.
 */
export const attemptMeta = z.object({
  requestId,
  scopes: scopeIds,
  providerId,
  model: z.string(),
  priceVersion: z.string(),
  /** When the hold was taken; decides the hour of the roll-up, whenever it settles. */
  atMs: z.int(),
})
export type AttemptMeta = z.output<typeof attemptMeta>

/** How an attempt ended (closed list, money.md 4.4). */
export const attemptOutcomes = [
  'answered',
  'client-left',
  'stream-broke',
  'refused-by-provider',
  'provider-failed',
  'not-sent',
  'unknown',
] as const
export type AttemptOutcome = (typeof attemptOutcomes)[number]

/** What is known when an attempt is settled. */
export const attemptResult = z.object({
  outcome: z.enum(attemptOutcomes),
  usageSource: z.enum(usageSources),
  tokens: tokenCounts,
  /** Status the provider answered with, if any. */
  status: z.int().nullable(),
})
export type AttemptResult = z.output<typeof attemptResult>

/**
 * One entry of the usage stream about money.
 * `final`: the charge. `provisional`: the whole hold, because its owner is gone. `correction`: replaces a provisional
 * charge; `amount` is the absolute amount and the ledger row stores `amount − hold`.
 */
export const attemptEvent = z.object({
  attemptId,
  kind: z.enum(['final', 'provisional', 'correction']),
  amount: nanoUsdText,
  hold: nanoUsdText,
  /** Ids of the budget counters that were charged. */
  nodes: z.array(z.string()),
  meta: attemptMeta,
  result: attemptResult,
})
export type AttemptEvent = z.output<typeof attemptEvent>

/** Why an attempt was charged anew, and by whom. */
export const adjustmentCause = z.object({
  /** The re-rating that it belongs to. */
  id: z.string(),
  reason: z.string(),
  /** Member who applied the price. */
  actorId: z.string(),
})

/**
 * Moves what an attempt was charged to what it costs at a corrected price. `amount` is the signed difference, and
 * `meta.priceVersion` names the price; tokens stay with the charge.
 */
export const adjustmentEvent = z.object({
  attemptId,
  kind: z.literal('adjustment'),
  amount: nanoUsdText,
  hold: nanoUsdText,
  nodes: z.array(z.string()),
  meta: attemptMeta,
  result: attemptResult,
  cause: adjustmentCause,
})
export type AdjustmentEvent = z.output<typeof adjustmentEvent>

/** Everything in a usage stream that moves money. */
export const moneyEvent = z.discriminatedUnion('kind', [attemptEvent, adjustmentEvent])
export type MoneyEvent = z.output<typeof moneyEvent>

/**
 * Primary key of the ledger row: an event recorded twice changes nothing. An attempt has one charge, and one adjustment
 * per re-rating.
 */
export const eventIdOf = (
  event: Pick<AttemptEvent, 'attemptId' | 'kind'> | Pick<AdjustmentEvent, 'attemptId' | 'kind' | 'cause'>,
): string =>
  event.kind === 'adjustment' ? `${event.attemptId}:adjustment:${event.cause.id}` : `${event.attemptId}:${event.kind}`

/** Signed amount of the ledger row, so that the sum over an attempt's rows is its cost in any order of arrival. */
export const ledgerAmountOf = (event: Pick<MoneyEvent, 'kind' | 'amount' | 'hold'>): bigint =>
  event.kind === 'correction' ? event.amount - event.hold : event.amount
