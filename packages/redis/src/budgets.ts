import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { makeEpochs, type Epochs } from './epochs.ts'
import { makeAdjust, type Adjustment, type AdjustReply } from './ledger/adjust.ts'
import { makeDraw, type Draw, type DrawReply } from './ledger/draw.ts'
import { makeHold, type Hold, type HoldReply } from './ledger/hold.ts'
import { makeLeastOf } from './ledger/least.ts'
import { makePreview, type Preview } from './ledger/preview.ts'
import { makeRelease, type Release } from './ledger/release.ts'
import { makeRenew } from './ledger/renew.ts'
import { makeSettle, type Settlement, type SettleReply } from './ledger/settle.ts'
import { makeRecordLost, type LostCharge } from './ledger/record.ts'
import { makeSurrender, type Surrender, type SurrenderReply } from './ledger/surrender.ts'
import { makeShrink } from './ledger/shrink.ts'
import { reportLost } from './rebuild/repair.ts'
import { shardOf, type Shard } from './shards.ts'

export type { Adjustment, AdjustReply } from './ledger/adjust.ts'
export type { Draw, DrawReply } from './ledger/draw.ts'
export type { Hold, HoldReply } from './ledger/hold.ts'
export type { Preview } from './ledger/preview.ts'
export type { LostCharge } from './ledger/record.ts'
export type { Surrender, SurrenderReply } from './ledger/surrender.ts'
export type { Release } from './ledger/release.ts'
export type { Settlement, SettleReply } from './ledger/settle.ts'
export type { Epochs } from './epochs.ts'
export { makeSweeper, type Sweeper } from './sweeper.ts'

/**
 * Money of attempts at providers: hold, send, settle (money.md 4.4). Every call is one round trip, atomic over the whole
 * chain, and idempotent. All reject with StoreUnavailable when Redis cannot be asked; whether the call had an effect is
 * then unknown, and it is to be sent again: a hold as `release`, anything else as it was.
 */
export type Budgets = {
  hold: (hold: Hold) => Promise<HoldReply>
  /** What `hold` would be answered now. */
  preview: (hold: Hold) => Promise<Preview>
  settle: (settlement: Settlement) => Promise<SettleReply>
  /** Charges an attempt that a slice pays for. */
  draw: (draw: Draw) => Promise<DrawReply>
  /** Charges a hold provisionally whose attempt left and whose cost nobody knows. */
  surrender: (surrender: Surrender) => Promise<SurrenderReply>
  /** What a provisional charge is known to be at least. */
  leastOf: (orgId: OrgId, attemptId: AttemptId) => Promise<NanoUsd>
  /** Charges an attempt whose hold the store has lost. */
  recordLost: (charge: LostCharge) => Promise<boolean>
  /** Moves what an attempt was charged to what a corrected price makes of it. */
  adjust: (adjustment: Adjustment) => Promise<AdjustReply>
  shrink: (orgId: OrgId, attemptId: AttemptId, nodes: readonly BudgetNode[], amount: NanoUsd) => Promise<void>
  renew: (orgId: OrgId, attemptIds: readonly AttemptId[]) => Promise<void>
  release: (release: Release) => Promise<void>
  /** To be refreshed at start and when a hold or a preview is answered `fenced`. */
  epochs: Epochs
}

export type BudgetsOptions = {
  /** How long a hold lives without `renew`. */
  leaseMs: number
  /** Hears of shards whose store was found to have gone back in time; they are closed by then. */
  onRegress?: (shard: Shard) => void
}

export function makeBudgets(redis: Redis, options: BudgetsOptions): Budgets {
  const epochs = makeEpochs(redis, options.onRegress)
  const hold = makeHold(redis, { leaseMs: options.leaseMs, epochOf: epochs.of })
  const preview = makePreview(redis, { epochOf: epochs.of })
  const shrink = makeShrink(redis)
  const release = makeRelease(redis)
  const settle = makeSettle(redis)
  const draw = makeDraw(redis)
  const surrender = makeSurrender(redis)
  const recordLost = makeRecordLost(redis)
  const adjust = makeAdjust(redis, { epochOf: epochs.of })
  /** Nobody waits for it: the next hold that misses the counter tells again. */
  const report = ({ orgId, nodes }: Hold, at: number) => {
    const nodeId = nodes[at]?.id
    if (nodeId !== undefined) void reportLost(redis, { orgId, nodeId }).catch(() => {})
  }
  /**
   * Closes the shard when its sequence went back. The reply stands: a charge counts wherever it was made, since it is in
   * the stream and the rebuild reads that first; and what was given back there is held nowhere.
   */
  const watched = async <T>(orgId: OrgId, call: (onSequence: (seq: number) => void) => Promise<T>): Promise<T> => {
    const shard = shardOf(orgId)
    const before = epochs.before(shard)
    let seq: number | undefined
    const reply = await call((now) => (seq = now))
    if (seq !== undefined) await epochs.wentOn(shard, before, seq)
    return reply
  }
  return {
    async hold(asked) {
      if (epochs.inDoubt(asked.orgId)) await epochs.refresh(asked.orgId)
      const shard = shardOf(asked.orgId)
      const before = epochs.before(shard)
      const reply = await hold(asked)
      if (reply.kind === 'missing') report(asked, reply.node)
      if (reply.kind !== 'held') return reply
      const wentOn = epochs.wentOn(shard, before, reply.seq)
      if (wentOn === true) return reply
      await wentOn
      // Taken in a store that has forgotten what was spent: nothing may be sent for it.
      await release(asked)
      return { kind: 'fenced' }
    },
    async preview(asked) {
      if (epochs.inDoubt(asked.orgId)) await epochs.refresh(asked.orgId)
      return preview(asked)
    },
    settle: (settlement) => watched(settlement.orgId, (onSequence) => settle(settlement, onSequence)),
    draw: (drawn) => watched(drawn.orgId, (onSequence) => draw(drawn, onSequence)),
    surrender: (given) => watched(given.orgId, (onSequence) => surrender(given, onSequence)),
    leastOf: makeLeastOf(redis),
    recordLost: (charge) => watched(charge.orgId, (onSequence) => recordLost(charge, onSequence)),
    adjust: (adjustment) => watched(adjustment.orgId, (onSequence) => adjust(adjustment, onSequence)),
    shrink: (orgId, attemptId, nodes, amount) =>
      watched(orgId, async (onSequence) => {
        const seq = await shrink(orgId, attemptId, nodes, amount)
        if (seq !== undefined) onSequence(seq)
      }),
    renew: makeRenew(redis, options),
    release: (given) => watched(given.orgId, (onSequence) => release(given, onSequence)),
    epochs,
  }
}
