import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { Hold } from '@tollkeeper/redis/budgets'

/** Holds of this process that are still open, whose leases it keeps alive. */
export type Leases = {
  open(hold: Hold): void
  /** An open hold; undefined for one that is closed. */
  of(orgId: OrgId, attemptId: AttemptId): Hold | undefined
  /** Every open hold of an organisation that `isWanted`. */
  all: (isWanted: (orgId: OrgId) => boolean) => Hold[]
  close: (orgId: OrgId, attemptId: AttemptId) => void
  readonly count: number
  stop(): void
}

export type LeasesDeps = {
  /** Moves leases on; may reject, and is then asked again at the next round. */
  renew: (orgId: OrgId, attemptIds: readonly AttemptId[]) => Promise<void>
  everyMs: number
}

/** Renews every open lease in one call per organisation, several times within the life of a lease. */
export function makeLeases(deps: LeasesDeps): Leases {
  const open = new Map<OrgId, Map<AttemptId, Hold>>()
  let count = 0
  const timer = setInterval(() => {
    // A lease that is not renewed in time becomes a provisional charge, which the settlement corrects.
    for (const [orgId, attempts] of open) void deps.renew(orgId, [...attempts.keys()]).catch(() => {})
  }, deps.everyMs)
  timer.unref()
  return {
    open(hold) {
      const { orgId, attemptId } = hold
      const attempts = open.get(orgId) ?? new Map<AttemptId, Hold>()
      open.set(orgId, attempts)
      if (!attempts.has(attemptId)) count += 1
      attempts.set(attemptId, hold)
    },
    of: (orgId, attemptId) => open.get(orgId)?.get(attemptId),
    all: (isWanted) => [...open].flatMap(([orgId, attempts]) => (isWanted(orgId) ? [...attempts.values()] : [])),
    close(orgId, attemptId) {
      const attempts = open.get(orgId)
      if (!attempts?.delete(attemptId)) return
      if (attempts.size === 0) open.delete(orgId)
      count -= 1
    },
    get count() {
      return count
    },
    stop: () => clearInterval(timer),
  }
}
