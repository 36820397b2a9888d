import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type {
  Draw,
  DrawReply,
  Hold,
  HoldReply,
  Release,
  Settlement,
  SettleReply,
  Surrender,
  SurrenderReply,
} from '@tollkeeper/redis/budgets'
import type { Journal } from './journal/journal.ts'
import type { LostAttempt } from './journal/lost-attempts.ts'
import type { LeftAttempt } from './journal/replay.ts'
import type { SliceShare } from '../slices/slice.ts'
import type { Leases } from './leases.ts'
import type { Persistent } from './until-acknowledged.ts'

type Attempt = { orgId: OrgId; attemptId: AttemptId }

/** Holding and settling as the rooms see it: nothing that was held is ever left behind while this process lives. */
export type Ledger = {
  /** False while the second copy cannot be written: then nothing may be sent. */
  readonly mayBegin: boolean
  /**
   * Takes a hold and keeps its lease alive. When the store's answer is lost, the hold is given back in the background.
   *
   * @throws what the store throws
   */
  hold: (hold: Hold) => Promise<HoldReply>
  /** Notes that an attempt leaves now: if this process dies, its hold is charged. */
  sent: (attempt: Attempt) => void
  /** Notes what a running attempt has cost at least by now. */
  progressed: (attempt: Attempt, least: NanoUsd) => void
  /**
   * Settles. Resolves when the store has acknowledged it or it is on this host's disk, whichever comes first; if neither
   * can be, the process keeps it, tries again, and is not ready until it is done.
   */
  settle: (settlement: Settlement) => Promise<void>
  /** Charges an attempt that a slice paid for. Resolves like `settle`. */
  draw: (draw: Draw, share: SliceShare) => Promise<void>
  /** Leaves the hold charged provisionally, for an attempt of which nobody knows what it cost. Resolves like `settle`. */
  surrender: (surrender: Surrender) => Promise<void>
  /** Gives back a hold of which nothing was sent. */
  release: (release: Release) => Promise<void>
  /** Brings to its end what a process that is gone has left in its journal. */
  finish: (left: LeftAttempt) => Promise<void>
  /** Charges what a slice paid for and the ledger does not have; false when the store knows neither slice nor counters. */
  drawLeft: (left: LostAttempt) => Promise<boolean>
}

export type LedgerDeps = {
  budgets: {
    hold(hold: Hold): Promise<HoldReply>
    settle(settlement: Settlement): Promise<SettleReply>
    draw(draw: Draw): Promise<DrawReply>
    surrender(surrender: Surrender): Promise<SurrenderReply>
    release(release: Release): Promise<void>
  }
  /** The journal; it is opened after the rooms were built. */
  journal: () => Journal
  leases: Leases
  settlements: Persistent
  releases: Persistent
  onHold: (reply: HoldReply) => void
  /** Hears answers of settlements that need somebody's attention, also those acknowledged late. */
  onSettled: (settlement: Settlement | Draw, reply: SettleReply | DrawReply) => void
  /** Takes attempts that the store does not know any more. */
  onGone: (attempt: LostAttempt) => void
  /** A defect: the attempt's lease runs out and it is charged provisionally. */
  onLost: (attemptId: AttemptId, error: unknown) => void
}

export function makeLedger(deps: LedgerDeps): Ledger {
  const { budgets, leases } = deps
  const known = ({ orgId, attemptId }: Attempt) => {
    const hold = leases.of(orgId, attemptId)
    return hold && { orgId, attemptId, hold: hold.amount, nodes: hold.nodes.map(({ id }) => id), meta: hold.meta }
  }

  async function release(given: Release): Promise<void> {
    leases.close(given.orgId, given.attemptId)
    await deps.releases.run(() => budgets.release(given))
  }

  /** True once the store has acknowledged; false when it could not be reached: it is then asked again and again. */
  async function untilClosed(attempt: Attempt, call: () => Promise<void>, onDefect?: () => void): Promise<boolean> {
    const { orgId, attemptId } = attempt
    try {
      const done = await deps.settlements.run(async () => {
        await call()
        leases.close(orgId, attemptId)
        return true
      })
      return done ?? false
    } catch (error) {
      leases.close(orgId, attemptId)
      onDefect?.()
      deps.onLost(attemptId, error)
      // Asking again would not help; the lease runs out.
      return true
    }
  }

  const settle = (settlement: Settlement, lost: Omit<LostAttempt, 'end'> | undefined): Promise<boolean> =>
    untilClosed(settlement, async () => {
      const reply = await budgets.settle(settlement)
      deps.onSettled(settlement, reply)
      const { amount, result, request = null } = settlement
      if (reply.kind === 'gone' && lost) deps.onGone({ ...lost, end: { amount, result, request } })
    })
  const surrender = (given: Surrender, lost: Omit<LostAttempt, 'end'> | undefined): Promise<boolean> =>
    untilClosed(given, async () => {
      const { kind } = await budgets.surrender(given)
      if (kind === 'gone' && lost) deps.onGone({ ...lost, end: null })
    })

  return {
    get mayBegin() {
      return deps.journal().ok
    },
    async hold(hold) {
      try {
        const reply = await budgets.hold(hold)
        if (reply.kind === 'held') leases.open(hold)
        deps.onHold(reply)
        return reply
      } catch (error) {
        void release(hold).catch((cause: unknown) => deps.onLost(hold.attemptId, cause))
        throw error
      }
    },
    sent(attempt) {
      const there = known(attempt)
      if (there) deps.journal().note({ t: 'sent', ...there })
    },
    progressed({ orgId, attemptId }, least) {
      deps.journal().note({ t: 'progress', orgId, attemptId, least })
    },
    async settle(settlement) {
      const there = known(settlement)
      const { amount, tokens, result, request = null } = settlement
      const onDisk = there
        ? deps.journal().ended({
            t: 'result',
            ...there,
            amount,
            tokens: Math.max(0, tokens),
            result,
            request,
            sliceId: null,
          })
        : Promise.resolve(false)
      await firstTrue(settle(settlement, there), onDisk)
    },
    async surrender(given) {
      // That it was sent is on the disk already, and that is all that is known.
      await surrender(given, known(given))
    },
    async draw(draw, share) {
      // The difference to the worst case is free for others at once; the store hears of it in time.
      share.spent(draw.amount)
      const { orgId, attemptId, amount, result, meta, sliceId, request = null } = draw
      const lost = { orgId, attemptId, hold: amount, nodes: draw.nodes.map(({ id }) => id), meta }
      const onDisk = deps.journal().ended({ t: 'result', ...lost, amount, tokens: 0, result, request, sliceId })
      const acknowledged = untilClosed(
        draw,
        async () => {
          const reply = await budgets.draw(draw)
          share.close(reply.kind !== 'drawn' && reply.kind !== 'duplicate')
          deps.onSettled(draw, reply)
          if (reply.kind === 'gone') deps.onGone({ ...lost, end: { amount, result, request } })
        },
        () => share.lose(),
      )
      await firstTrue(acknowledged, onDisk)
    },
    release,
    async drawLeft({ orgId, attemptId, end, sliceId, ...left }) {
      if (end === null || !sliceId) return false
      const { request, ...ended } = end
      // A slice that is closed does not know its counters any more; the journal does.
      const nodes = left.nodes.map((id) => ({ id }))
      const { meta } = left
      const draw = { ...ended, orgId, attemptId, sliceId, meta, nodes, ...(request && { request }) }
      return (await budgets.draw(draw)).kind !== 'gone'
    },
    async finish(left) {
      const { orgId, attemptId, end, least, sliceId } = left
      // Nothing in the store need know any more whom a slice has paid for: the ledger is asked first.
      if (end !== null && sliceId !== null) return deps.onGone(left)
      // The hold itself knows its counters; its limits on tokens have been refilled by now.
      const common = { orgId, attemptId, nodes: [], rates: [] }
      await (end === null
        ? surrender(
            { ...common, least, result: { outcome: 'unknown', usageSource: 'held', tokens: {}, status: null } },
            left,
          )
        : settle(
            {
              ...common,
              amount: end.amount,
              tokens: 0,
              result: end.result,
              ...(end.request && { request: end.request }),
            },
            left,
          ))
    },
  }
}

/** Resolves as soon as one of two is true, or both are false. */
async function firstTrue(a: Promise<boolean>, b: Promise<boolean>): Promise<void> {
  await new Promise<void>((resolve) => {
    let open = 2
    const hear = (done: boolean) => {
      open -= 1
      if (done || open === 0) resolve()
    }
    void a.then(hear)
    void b.then(hear)
  })
}
