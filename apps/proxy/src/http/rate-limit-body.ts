import type { RateLimit } from '@tollkeeper/domain/rate'

/** The limits of a scope, as callers are told. */
export const rateLimitBody = (rate: RateLimit) => ({
  scope: { type: rate.scope.kind, id: rate.scope.id, name: rate.scope.name },
  requests_per_minute: rate.requestsPerMinute,
  requests_per_hour: rate.requestsPerHour,
  tokens_per_minute: rate.tokensPerMinute,
  tokens_per_hour: rate.tokensPerHour,
  streams_at_a_time: rate.concurrency?.streams ?? null,
  whole_answers_at_a_time: rate.concurrency?.whole ?? null,
})
