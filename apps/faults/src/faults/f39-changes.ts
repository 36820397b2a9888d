import { setTimeout as sleep } from 'node:timers/promises'
import * as budgets from '@tollkeeper/db/budgets'
import * as keys from '@tollkeeper/db/keys'
import * as organisations from '@tollkeeper/db/organisations'
import type { ClientCall } from '../load/history.ts'
import { valueOf } from '../plant/tenants.ts'
import type { Condition, Fault } from './fault.ts'

/** A change is known everywhere by then, at the latest (faults.md F39). */
const worstMs = 6_000

export const changes: Fault = {
  id: 'F39',
  title: 'keys revoked, a limit lowered and an organisation suspended under load',
  load: 'L1',
  async inflict({ plant, tenants, load, forMs, healed }) {
    const { prisma } = plant.db
    const [suspended, lowered, ...others] = tenants
    if (!suspended || !lowered) throw new Error('Too few organisations')
    await sleep(0.1 * forMs)
    const revoked = others.flatMap((tenant) => tenant.keys.slice(0, 1).map((key) => ({ tenant, key })))
    for (const { tenant, key } of revoked) valueOf(await keys.revoke(prisma, tenant.orgId, key.id))
    const revokedMs = Date.now()
    await organisations.setSuspended(prisma, suspended.orgId, true)
    const suspendedMs = Date.now()
    const scope = { kind: 'organisation', id: lowered.orgId } as const
    valueOf(
      await budgets.set(prisma, lowered.orgId, { scope, period: 'month', limit: 1n, mode: 'hard', sharing: 'pool' }),
    )
    const loweredMs = Date.now()
    await sleep(worstMs + 0.4 * forMs)
    healed()
    const ids = new Set(revoked.map(({ key }) => key.id))
    return [
      stopped(
        'revoked keys',
        load.history.filter((call) => ids.has(call.keyId)),
        revokedMs,
      ),
      stopped(
        'the suspended organisation',
        load.history.filter((call) => call.orgId === suspended.orgId),
        suspendedMs,
      ),
      stopped(
        'the lowered limit',
        load.history.filter((call) => call.orgId === lowered.orgId),
        loweredMs,
      ),
    ]
  },
}

/** Nothing is admitted from 6 s after the change on, and something was refused. */
function stopped(what: string, calls: readonly ClientCall[], fromMs: number): Condition {
  const admitted = calls.filter((call) => call.status === 200 && call.sentMs >= fromMs)
  const last = admitted.reduce((most, call) => Math.max(most, call.sentMs - fromMs), 0)
  const refused = calls.filter((call) => call.sentMs >= fromMs && [401, 402, 403, 429].includes(call.status ?? 0))
  return {
    name: `${what}: no request is let in after ${worstMs / 1_000} s`,
    holds: last < worstMs && refused.length > 0,
    told: `the last one after ${(last / 1_000).toFixed(2)} s, ${refused.length} refused`,
  }
}
