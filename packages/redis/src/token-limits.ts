import type { OrgId } from '@tollkeeper/domain/id'
import type { TokenLimit } from '@tollkeeper/domain/rate'
import { rateKey } from './keys.ts'

/** Most tokens that one attempt counts for: above every limit, and exact in Lua. */
export const mostTokens = 1_000_000_000

/** Keys and arguments of the limits on tokens, as hold_v1 and all that undo it take them. */
export function tokenLimitCall(orgId: OrgId, limits: readonly TokenLimit[]) {
  return {
    ids: limits.map((limit) => limit.id).join(' '),
    keys: limits.map(({ unit, scope }) => rateKey(unit === 'minute' ? 'tm' : 'tb', orgId, scope)),
    args: limits.flatMap((limit) =>
      limit.unit === 'minute'
        ? ['w', limit.rule.limit, limit.rule.lengthMs]
        : ['b', limit.rule.capacity, limit.rule.refillPerMs],
    ),
  }
}

/** How counters are written beside a hold. */
export const idsText = (nodes: readonly { id: string }[]): string => nodes.map((node) => node.id).join(' ')
