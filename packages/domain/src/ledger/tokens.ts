import type { OrgId } from '../id/index.ts'
import {
  bucketWaitMs,
  correctBucket,
  correctWindow,
  takeFromBucket,
  takeFromWindow,
  windowWaitMs,
  type TokenLimit,
} from '../rate/index.ts'
import type { Instant } from '../time/index.ts'
import { inOrg, replaced, type Ledger, type Taken } from './ledger.ts'

type Limits = Pick<Ledger, 'windows' | 'buckets'>

/** How long until a limit has `tokens`: 0 now, null never. */
export function tokenWaitMs(
  limits: Limits,
  orgId: OrgId,
  limit: TokenLimit,
  tokens: number,
  at: Instant,
): number | null {
  const name = inOrg(orgId, limit.id)
  if (limit.unit === 'bucket') return bucketWaitMs(limits.buckets.get(name), limit.rule, tokens, at)
  return windowWaitMs(limits.windows.get(name), limit.rule, tokens, at)
}

/** Takes `tokens` from every limit, without asking whether they fit. */
export function tokensTaken(
  limits: Limits,
  orgId: OrgId,
  list: readonly TokenLimit[],
  tokens: number,
  at: Instant,
): Limits {
  let { windows, buckets } = limits
  for (const limit of list) {
    const name = inOrg(orgId, limit.id)
    if (limit.unit === 'bucket') {
      buckets = replaced(buckets, [[name, takeFromBucket(buckets.get(name), limit.rule, tokens, at)]])
    } else {
      windows = replaced(windows, [[name, takeFromWindow(windows.get(name), limit.rule, tokens, at)]])
    }
  }
  return { windows, buckets }
}

/** Changes what a hold took to `actual` tokens, where and when it took them. Nothing, if it took them elsewhere. */
export function tokensCorrected(
  limits: Limits,
  orgId: OrgId,
  list: readonly TokenLimit[],
  taken: Taken,
  actual: number,
): Limits {
  const more = actual - taken.tokens
  let { windows, buckets } = limits
  if (more === 0 || list.map((limit) => limit.id).join(' ') !== taken.limits.join(' ')) return { windows, buckets }
  for (const limit of list) {
    const name = inOrg(orgId, limit.id)
    const window = windows.get(name)
    const bucket = buckets.get(name)
    if (limit.unit !== 'bucket' && window) {
      windows = replaced(windows, [[name, correctWindow(window, limit.rule, more, taken.at)]])
    }
    if (limit.unit === 'bucket' && bucket) {
      buckets = replaced(buckets, [[name, correctBucket(bucket, limit.rule, more)]])
    }
  }
  return { windows, buckets }
}
