import { tokenLimitsOf, type RateLimit, type TokenLimit } from '@tollkeeper/domain/rate'
import { rateKey, type RateKind } from './keys.ts'
import { oncePerList } from './once-per-list.ts'

/** Most tokens that one attempt counts for: above every limit, and exact in Lua. */
export const mostTokens = 1_000_000_000

/** The limits on tokens of a chain. */
export const tokenLimitsIn = oncePerList((_orgId, rates: readonly RateLimit[]) => tokenLimitsOf(rates))

/** What keeps the state of a limit on tokens. */
export const tokenKind = { minute: 'tm', hour: 'th', bucket: 'tb' } as const satisfies Record<
  TokenLimit['unit'],
  RateKind
>

/** Keys and arguments of the limits on tokens, as hold_v2 and all that undo it take them. */
export const tokenLimitCall = oncePerList((orgId, limits: readonly TokenLimit[]) => ({
  ids: limits.map((limit) => limit.id).join(' '),
  keys: limits.map(({ unit, scope }) => rateKey(tokenKind[unit], orgId, scope)),
  args: limits
    .flatMap((limit) =>
      limit.unit === 'bucket'
        ? ['b', limit.rule.capacity, limit.rule.refillPerMs]
        : ['w', limit.rule.limit, limit.rule.lengthMs],
    )
    .map(String),
}))
