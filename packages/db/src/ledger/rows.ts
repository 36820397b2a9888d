import { tokenClasses } from '@tollkeeper/domain/price'
import { eventIdOf, ledgerAmountOf, type MoneyEvent, type RequestEvent } from '@tollkeeper/domain/usage'
import type { Column } from './bulk.ts'
import { outcomeOf } from './request-outcome.ts'
import { storedTokens } from '../log/stored-tokens.ts'
import { storable, storableJson } from './storable.ts'

/**
 * Tokens of a ledger row. While a charge is provisional nobody knows them; the correction brings them. An adjustment moves
 * money alone.
 */
export const tokensOf = (event: MoneyEvent): MoneyEvent['result']['tokens'] =>
  event.kind === 'provisional' || event.kind === 'adjustment' ? {} : event.result.tokens

export const ledgerColumns: readonly Column<MoneyEvent>[] = [
  { name: 'event_id', type: 'text', of: eventIdOf },
  { name: 'org_id', type: 'text', of: (event) => event.meta.scopes.orgId },
  { name: 'attempt_id', type: 'text', of: (event) => event.attemptId },
  { name: 'request_id', type: 'text', of: (event) => event.meta.requestId },
  { name: 'kind', type: 'text', of: (event) => event.kind },
  { name: 'outcome', type: 'text', of: (event) => event.result.outcome },
  { name: 'usage_source', type: 'text', of: (event) => event.result.usageSource },
  { name: 'upstream_status', type: 'integer', of: (event) => event.result.status },
  { name: 'at', type: 'timestamptz', of: (event) => new Date(event.meta.atMs) },
  { name: 'team_id', type: 'text', of: (event) => event.meta.scopes.teamId },
  { name: 'role_group_id', type: 'text', of: (event) => event.meta.scopes.roleGroupId },
  { name: 'role_id', type: 'text', of: (event) => event.meta.scopes.roleId },
  { name: 'member_id', type: 'text', of: (event) => event.meta.scopes.userId },
  { name: 'key_id', type: 'text', of: (event) => event.meta.scopes.keyId },
  { name: 'provider_id', type: 'text', of: (event) => event.meta.providerId },
  { name: 'model', type: 'text', of: (event) => storable(event.meta.model) },
  { name: 'price_version', type: 'text', of: (event) => storable(event.meta.priceVersion) },
  ...tokenClasses.map((name): Column<MoneyEvent> => ({
    name: storedTokens[name],
    type: 'integer',
    of: (event) => tokensOf(event)[name] ?? 0,
  })),
  { name: 'amount_nano', type: 'bigint', of: ledgerAmountOf },
  { name: 'hold_nano', type: 'bigint', of: (event) => event.hold },
  { name: 'nodes', type: 'words', of: (event) => event.nodes.map(storable).join(' ') },
]

/** What only an adjustment says. */
export const causeColumns: readonly Column<MoneyEvent>[] = [
  { name: 'rerating_id', type: 'text', of: (event) => (event.kind === 'adjustment' ? event.cause.id : null) },
  { name: 'reason', type: 'text', of: (event) => (event.kind === 'adjustment' ? storable(event.cause.reason) : null) },
  { name: 'actor_id', type: 'text', of: (event) => (event.kind === 'adjustment' ? event.cause.actorId : null) },
]

export const requestColumns: readonly Column<RequestEvent>[] = [
  { name: 'org_id', type: 'text', of: (event) => event.scopes.orgId },
  { name: 'id', type: 'text', of: (event) => event.requestId },
  { name: 'at', type: 'timestamptz', of: (event) => new Date(event.atMs) },
  { name: 'count', type: 'integer', of: (event) => event.count },
  { name: 'dialect', type: 'text', of: (event) => event.dialect },
  { name: 'stream', type: 'boolean', of: (event) => event.stream },
  { name: 'model_asked', type: 'text', of: (event) => storable(event.modelAsked) },
  { name: 'model_used', type: 'text', of: (event) => (event.modelUsed === null ? null : storable(event.modelUsed)) },
  { name: 'provider_id', type: 'text', of: (event) => event.providerId },
  { name: 'status', type: 'integer', of: (event) => event.status },
  { name: 'outcome', type: 'text', of: outcomeOf },
  { name: 'failure', type: 'text', of: (event) => event.failure },
  { name: 'refusal', type: 'jsonb', of: (event) => (event.refusal === null ? null : storableJson(event.refusal)) },
  { name: 'attempts', type: 'integer', of: (event) => event.attempts },
  { name: 'timeline', type: 'jsonb', of: (event) => storableJson(event.timeline) },
  { name: 'first_byte_ms', type: 'float8', of: (event) => event.firstByteMs },
  { name: 'total_ms', type: 'float8', of: (event) => event.totalMs },
  { name: 'user_agent', type: 'text', of: (event) => (event.userAgent === null ? null : storable(event.userAgent)) },
  { name: 'max_tokens_clamped', type: 'integer', of: (event) => event.maxTokensClamped },
  { name: 'answered_by', type: 'text', of: (event) => event.answeredFrom?.kind ?? null },
  { name: 'answered_from_id', type: 'text', of: (event) => event.answeredFrom?.requestId ?? null },
  { name: 'avoided_nano', type: 'bigint', of: (event) => event.answeredFrom?.avoided ?? null },
  { name: 'ask', type: 'jsonb', of: (event) => (event.ask === undefined ? null : storableJson(event.ask)) },
  { name: 'team_id', type: 'text', of: (event) => event.scopes.teamId },
  { name: 'role_group_id', type: 'text', of: (event) => event.scopes.roleGroupId },
  { name: 'role_id', type: 'text', of: (event) => event.scopes.roleId },
  { name: 'member_id', type: 'text', of: (event) => event.scopes.userId },
  { name: 'key_id', type: 'text', of: (event) => event.scopes.keyId },
]
