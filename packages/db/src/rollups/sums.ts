import { inputClasses } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import { ledgerAmountOf, type MoneyEvent, type RequestEvent } from '@tollkeeper/domain/usage'
import type { Column } from '../ledger/bulk.ts'
import { outcomeOf } from '../ledger/request-outcome.ts'
import { tokensOf } from '../ledger/rows.ts'
import { storable } from '../ledger/storable.ts'
import { hourOf } from './hour.ts'

/** What is added to one row of usage_hour. */
export type HourSum = {
  orgId: string
  hour: Instant
  teamId: string
  roleGroupId: string
  roleId: string
  memberId: string
  keyId: string
  providerId: string
  /** '' for a request for which no model was chosen. */
  model: string
  requests: number
  refused: number
  failed: number
  shared: number
  savedNano: bigint
  attempts: number
  inputTokens: number
  cachedTokens: number
  outputTokens: number
  costNano: bigint
}

/**
 * Hourly sums of events that are new to the ledger, in the order of the table's key: two workers that add to the same
 * rows then never wait for each other in a circle.
 */
export function sumsOf(
  events: { attempts: readonly MoneyEvent[]; requests: readonly RequestEvent[] },
  zoneOf: (orgId: string) => string,
): HourSum[] {
  const sums = new Map<string, HourSum>()
  const at = (scopes: RequestEvent['scopes'], atMs: Instant, providerId: string, model: string): HourSum => {
    const hour = hourOf(zoneOf(scopes.orgId), atMs)
    const ids = [
      scopes.orgId,
      String(hour),
      scopes.teamId ?? '',
      scopes.roleGroupId ?? '',
      scopes.roleId ?? '',
      scopes.userId ?? '',
      scopes.keyId,
      providerId,
      model,
    ] as const
    const key = ids.join('\n')
    let sum = sums.get(key)
    if (!sum) {
      const [orgId, , teamId, roleGroupId, roleId, memberId, keyId] = ids
      sum = { orgId, hour, teamId, roleGroupId, roleId, memberId, keyId, providerId, model, ...nothing }
      sums.set(key, sum)
    }
    return sum
  }
  for (const event of events.attempts) {
    const { scopes, atMs, providerId, model } = event.meta
    addAttempt(at(scopes, atMs, providerId, storable(model)), event)
  }
  for (const event of events.requests) {
    addRequest(at(event.scopes, event.atMs, event.providerId ?? '', storable(event.modelUsed ?? '')), event)
  }
  return [...sums.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
}

const nothing = {
  requests: 0,
  refused: 0,
  failed: 0,
  shared: 0,
  savedNano: 0n,
  attempts: 0,
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  costNano: 0n,
}

function addAttempt(sum: HourSum, event: MoneyEvent): void {
  const tokens = tokensOf(event)
  // A correction belongs to an attempt that its provisional charge counts, an adjustment to one that was charged.
  if (event.kind === 'final' || event.kind === 'provisional') sum.attempts += 1
  sum.inputTokens += inputClasses.reduce((total, name) => total + (tokens[name] ?? 0), 0)
  sum.cachedTokens += tokens.inputCacheRead ?? 0
  sum.outputTokens += (tokens.outputText ?? 0) + (tokens.audioOut ?? 0) + (tokens.imageOut ?? 0)
  sum.costNano += ledgerAmountOf(event)
}

function addRequest(sum: HourSum, event: RequestEvent): void {
  const outcome = outcomeOf(event)
  sum.requests += event.count
  if (outcome === 'refused') sum.refused += event.count
  if (outcome === 'failed') sum.failed += event.count
  if (!event.answeredFrom || outcome !== 'answered') return
  sum.shared += event.count
  sum.savedNano += BigInt(event.answeredFrom.avoided)
}

export const keyColumns = [
  'org_id',
  'hour',
  'team_id',
  'role_group_id',
  'role_id',
  'member_id',
  'key_id',
  'provider_id',
  'model',
] as const
export const sumColumns = [
  'requests',
  'refused',
  'failed',
  'shared',
  'saved_nano',
  'attempts',
  'input_tokens',
  'cached_tokens',
  'output_tokens',
  'cost_nano',
] as const

export const hourColumns: readonly Column<HourSum>[] = [
  { name: 'org_id', type: 'text', of: (sum) => sum.orgId },
  { name: 'hour', type: 'timestamptz', of: (sum) => new Date(sum.hour) },
  { name: 'team_id', type: 'text', of: (sum) => sum.teamId },
  { name: 'role_group_id', type: 'text', of: (sum) => sum.roleGroupId },
  { name: 'role_id', type: 'text', of: (sum) => sum.roleId },
  { name: 'member_id', type: 'text', of: (sum) => sum.memberId },
  { name: 'key_id', type: 'text', of: (sum) => sum.keyId },
  { name: 'provider_id', type: 'text', of: (sum) => sum.providerId },
  { name: 'model', type: 'text', of: (sum) => sum.model },
  { name: 'requests', type: 'bigint', of: (sum) => sum.requests },
  { name: 'refused', type: 'bigint', of: (sum) => sum.refused },
  { name: 'failed', type: 'bigint', of: (sum) => sum.failed },
  { name: 'shared', type: 'bigint', of: (sum) => sum.shared },
  { name: 'saved_nano', type: 'bigint', of: (sum) => sum.savedNano },
  { name: 'attempts', type: 'bigint', of: (sum) => sum.attempts },
  { name: 'input_tokens', type: 'bigint', of: (sum) => sum.inputTokens },
  { name: 'cached_tokens', type: 'bigint', of: (sum) => sum.cachedTokens },
  { name: 'output_tokens', type: 'bigint', of: (sum) => sum.outputTokens },
  { name: 'cost_nano', type: 'bigint', of: (sum) => sum.costNano },
]
