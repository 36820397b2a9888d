import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { Draw, DrawReply, Hold, HoldReply, Release, Settlement, SettleReply } from '@tollkeeper/redis/budgets'
import type { SliceShare } from '../slices/slice.ts'
import type { Leases } from './leases.ts'
import type { Persistent } from './until-acknowledged.ts'

/** Holding and settling as the rooms see it: nothing that was held is ever left behind while this process lives. */
export type Ledger = {
  /**
   * Takes a hold and keeps its lease alive. When the store's answer is lost, the hold is given back in the background.
   *
   * @throws what the store throws
   */
  hold: (hold: Hold) => Promise<HoldReply>
  /**
   * Settles, again and again until it is acknowledged. Undefined: not acknowledged yet; the process stays alive, but
   * not ready, until it is.
   */
  settle: (settlement: Settlement) => Promise<SettleReply | undefined>
  /** Charges an attempt that a slice paid for, again and again until it is acknowledged. */
  draw: (draw: Draw, share: SliceShare) => Promise<DrawReply | undefined>
  /** Gives back a hold of which nothing was sent. */
  release: (release: Release) => Promise<void>
}

export type LedgerDeps = {
  budgets: {
    hold(hold: Hold): Promise<HoldReply>
    settle(settlement: Settlement): Promise<SettleReply>
    draw(draw: Draw): Promise<DrawReply>
    release(release: Release): Promise<void>
  }
  leases: Leases
  settlements: Persistent
  releases: Persistent
  onHold: (reply: HoldReply) => void
  /** Hears answers of settlements that need somebody's attention, also those acknowledged late. */
  onSettled: (settlement: Settlement | Draw, reply: SettleReply | DrawReply) => void
  /** A defect: the attempt's lease runs out and it is charged provisionally. */
  onLost: (attemptId: AttemptId, error: unknown) => void
}

export function makeLedger(deps: LedgerDeps): Ledger {
  const closed = (orgId: OrgId, attemptId: AttemptId) => deps.leases.close(orgId, attemptId)

  async function release(given: Release): Promise<void> {
    closed(given.orgId, given.attemptId)
    await deps.releases.run(() => deps.budgets.release(given))
  }

  return {
    async hold(hold) {
      try {
        const reply = await deps.budgets.hold(hold)
        if (reply.kind === 'held') deps.leases.open(hold.orgId, hold.attemptId)
        deps.onHold(reply)
        return reply
      } catch (error) {
        void release(hold).catch((cause: unknown) => deps.onLost(hold.attemptId, cause))
        throw error
      }
    },
    async settle(settlement) {
      const { orgId, attemptId } = settlement
      try {
        return await deps.settlements.run(async () => {
          const reply = await deps.budgets.settle(settlement)
          closed(orgId, attemptId)
          deps.onSettled(settlement, reply)
          return reply
        })
      } catch (error) {
        closed(orgId, attemptId)
        deps.onLost(attemptId, error)
        return undefined
      }
    },
    async draw(draw, share) {
      // The difference to the worst case is free for others at once; the store hears of it in time.
      share.spent(draw.amount)
      try {
        return await deps.settlements.run(async () => {
          const reply = await deps.budgets.draw(draw)
          share.close(reply.kind !== 'drawn' && reply.kind !== 'duplicate')
          deps.onSettled(draw, reply)
          return reply
        })
      } catch (error) {
        share.lose()
        deps.onLost(draw.attemptId, error)
        return undefined
      }
    },
    release,
  }
}
