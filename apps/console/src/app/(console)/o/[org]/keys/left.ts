import type { Quota } from './quota.ts'

type Spent = Pick<Quota, 'limit' | 'used' | 'held'>

/** What may still be spent, in nano-USD; never below 0. */
export function leftOf({ limit, used, held }: Spent): bigint {
  const left = limit - used - held
  return left > 0n ? left : 0n
}

/** The one with the least left. */
export const tightest = <T extends Spent>(quotas: readonly T[]): T | undefined =>
  quotas.toSorted((a, b) => (leftOf(a) < leftOf(b) ? -1 : Number(leftOf(a) > leftOf(b))))[0]
