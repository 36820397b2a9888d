import type { OrgId } from '@tollkeeper/domain/id'
import { learnedLimits, type LearnedLimits } from '@tollkeeper/domain/provider-limit'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { providerLimitsKey, providersAskedKey } from './keys.ts'

export type ProviderLimitStore = {
  /** Stores what was learned, over what was known of the same models. @throws StoreUnavailable */
  write: (orgId: OrgId, learned: readonly LearnedLimits[]) => Promise<void>
  /** Everything learned of an organisation's providers in the last week. @throws StoreUnavailable */
  read: (orgId: OrgId) => Promise<LearnedLimits[]>
  /** Takes the turn to ask the organisation's providers; false when somebody had it less than `everyMs` ago. */
  takeTurn: (orgId: OrgId, everyMs: number) => Promise<boolean>
}

const keptMs = 7 * 86_400_000
const fieldOf = ({ providerId: id, model }: LearnedLimits): string => `${id}/${model ?? ''}`

/** Plain commands: nothing here decides about money. */
export function makeProviderLimitStore(redis: Redis): ProviderLimitStore {
  return {
    async write(orgId, learned) {
      if (learned.length === 0) return
      const key = providerLimitsKey(orgId)
      const fields = learned.flatMap((one) => [fieldOf(one), JSON.stringify(one)])
      await Promise.all([reachable(redis.hset(key, ...fields)), reachable(redis.pexpire(key, keptMs))])
    },
    async read(orgId) {
      const fields = await reachable(redis.hgetall(providerLimitsKey(orgId)))
      // Another release may have written what this one cannot read: it is learned again.
      return Object.values(fields).flatMap((text) => learnedLimits.safeParse(JSON.parse(text)).data ?? [])
    },
    takeTurn: async (orgId, everyMs) =>
      (await reachable(redis.set(providersAskedKey(orgId), '1', 'PX', everyMs, 'NX'))) === 'OK',
  }
}
