import type { CeilingReport } from '@tollkeeper/domain/ledger'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { ceilingKey, ceilingLeasesKey } from './keys.ts'
import { readReply } from './reply.ts'
import { defineScript } from './script.ts'

/** `windowId` names the window among those of its period. */
export type ReportedCeiling = CeilingReport & { windowId: string }

/** `held`: what the process may spend beyond what it reported. `used`, `allHeld`: by all processes. */
export type CeilingReply = { held: NanoUsd; nowMs: number; used: NanoUsd; allHeld: NanoUsd }

export type CeilingStore = {
  /** Reports and asks in one call. Idempotent. @throws StoreUnavailable; it is then not known whether it counted */
  report: (report: ReportedCeiling) => Promise<CeilingReply>
}

const ceilingScript = defineScript('ceiling_v1')

/** The spending ceiling of the whole installation, in a slot of its own: it crosses organisations. */
export function makeCeilingStore(redis: Redis): CeilingStore {
  return {
    async report({ owner, spent, wanted, limit, leaseMs, window, windowId }) {
      const raw = await ceilingScript.run(
        redis,
        [ceilingKey(windowId), ceilingLeasesKey(windowId)],
        [owner, spent.toString(), wanted.toString(), limit.toString(), leaseMs, window.startMs, window.endMs],
      )
      const reply = readReply(ceilingScript.name, raw, { OK: 5 })
      return { held: reply.nano(1), nowMs: reply.count(2), used: reply.nano(3), allHeld: reply.nano(4) }
    },
  }
}
