import type { StoreMemory } from '@tollkeeper/redis/memory'

/** How full the store's memory is, and whether new requests must wait for it. */
export type Pressure = {
  /** 0 to 1; 0 where the store has no limit, or was not asked yet. */
  readonly ratio: number
  /** Whether the store may throw counters away when it is full: a policy other than noeviction, and a limit. */
  readonly evicts: boolean
  /** Why new requests are refused; null when they are not. */
  readonly refusal: string | null
  look: () => Promise<void>
}

/** Nothing is trimmed or evicted to make room: people have to look from the first, nothing new comes in from the second. */
const alarmRatio = 0.6
const shedRatio = 0.85

export function makePressure(deps: {
  read: () => Promise<StoreMemory>
  /** Hears when a threshold is crossed upwards. */
  onAlarm: (ratio: number, shedding: boolean) => void
  /** Hears once that the store may evict. */
  onEvicts: (policy: string) => void
}): Pressure {
  let ratio = 0
  let evicts = false
  return {
    get ratio() {
      return ratio
    },
    get evicts() {
      return evicts
    },
    get refusal() {
      return ratio >= shedRatio ? `${Math.round(ratio * 100)} % of its memory is used` : null
    },
    async look() {
      const { usedBytes, mostBytes, policy } = await deps.read()
      const mayEvict = mostBytes !== null && policy !== 'noeviction'
      if (mayEvict && !evicts) deps.onEvicts(policy)
      evicts = mayEvict
      const before = ratio
      ratio = mostBytes === null ? 0 : usedBytes / mostBytes
      if (ratio >= shedRatio && before < shedRatio) deps.onAlarm(ratio, true)
      else if (ratio >= alarmRatio && before < alarmRatio) deps.onAlarm(ratio, false)
    },
  }
}
