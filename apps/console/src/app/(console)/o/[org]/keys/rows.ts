import type { ApiKey } from '@tollkeeper/db/keys'
import type { OrgContext } from '#server/trpc.ts'
import { leftOf, tightest } from './left.ts'
import { quotasOf, type Quota } from './quota.ts'

/** `expiring`: within a week. `exhausted`: a hard quota has nothing left. */
export type KeyState = 'active' | 'expiring' | 'exhausted' | 'disabled' | 'expired' | 'revoked'

export type KeyRow = Omit<ApiKey, 'status' | 'quotas' | 'purpose'> & {
  state: KeyState
  quotas: Quota[]
  /** The one with the least left; null when the key has none. */
  quota: Quota | null
}

const soonMs = 7 * 86_400_000

function stateOf(key: ApiKey, quotas: readonly Quota[], at: Date): KeyState {
  if (key.status !== 'active') return key.status
  if (quotas.some((quota) => quota.hard && leftOf(quota) === 0n)) return 'exhausted'
  return key.expiresAt && key.expiresAt.getTime() - at.getTime() < soonMs ? 'expiring' : 'active'
}

/** Keys as the pages show them, with their quotas as they stand. */
export async function rowsOf(
  ctx: Pick<OrgContext, 'stores' | 'db' | 'org'>,
  keys: readonly ApiKey[],
  at: Date,
): Promise<KeyRow[]> {
  const counters = keys.flatMap((key) => key.quotas.map((budget) => ({ budget, subject: null })))
  const standing = Map.groupBy(await quotasOf(ctx, counters, at.getTime()), (quota) => quota.scope.id)
  return keys.map((key) => {
    const { quotas: _quotas, purpose: _purpose, status: _status, ...shown } = key
    const quotas = standing.get(key.id) ?? []
    return { ...shown, quotas, quota: tightest(quotas) ?? null, state: stateOf(key, quotas, at) }
  })
}
