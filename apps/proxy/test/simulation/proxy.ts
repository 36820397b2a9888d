import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { AttemptMeta, AttemptResult } from '@tollkeeper/domain/usage'
import type { Hold, HoldReply } from '@tollkeeper/redis/budgets'
import type { Journal } from '../../src/money/journal/journal.ts'
import { chargeOfLost, type LostAttempt } from '../../src/money/journal/lost-attempts.ts'
import type { JournalRecord } from '../../src/money/journal/record.ts'
import { leftAttempts } from '../../src/money/journal/replay.ts'
import type { Leases } from '../../src/money/leases.ts'
import { makeLedger, type Ledger } from '../../src/money/ledger.ts'
import type { Persistent } from '../../src/money/until-acknowledged.ts'
import type { SimPostgres } from './postgres.ts'
import { Away, type SimStore } from './store.ts'

export const answered: AttemptResult = { outcome: 'answered', usageSource: 'reported', tokens: {}, status: 200 }

/** A journal's disk: outlives the process, unless the host is lost. */
export type Disk = { records: JournalRecord[]; full: boolean }

/** One life of a proxy process: the real books over a simulated store and disk. What it knows dies with it. */
export class SimProxy {
  readonly ledger: Ledger
  readonly disk: Disk
  readonly open = new Map<AttemptId, Hold>()
  readonly #store: SimStore
  #retries: (() => Promise<void>)[] = []
  #lost: LostAttempt[] = []
  dead = false

  constructor(store: SimStore, disk: Disk) {
    this.#store = store
    this.disk = disk
    this.ledger = makeLedger({
      budgets: store.verbs(),
      journal: () => this.#journal(),
      leases: this.#leases(),
      settlements: this.#persistent(),
      releases: this.#persistent(),
      onHold: () => {},
      onSettled: () => {},
      onGone: (attempt) => void this.#lost.push(attempt),
      onLost: (attemptId, error) => {
        throw new Error(`A defect at ${attemptId}`, { cause: error })
      },
    })
  }

  /** Takes a hold; undefined when the store refuses or is away. */
  async hold(
    orgId: OrgId,
    attemptId: AttemptId,
    amount: bigint,
    nodes: readonly BudgetNode[],
  ): Promise<HoldReply | undefined> {
    const meta = { requestId: attemptId } as unknown as AttemptMeta
    try {
      return await this.ledger.hold({ orgId, attemptId, amount, tokens: 0, nodes, rates: [], meta })
    } catch (error) {
      if (error instanceof Away) return undefined
      throw error
    }
  }

  /** What timers would do: renew leases, ask again, look after what the store has lost. */
  async tick(orgId: OrgId, postgres: SimPostgres): Promise<void> {
    this.#store.renew(orgId, [...this.open.keys()])
    await this.#round(postgres)
  }

  async #round(postgres: SimPostgres): Promise<void> {
    const retries = this.#retries
    this.#retries = []
    for (const retry of retries) await retry()
    const lost = this.#lost
    this.#lost = []
    for (const attempt of lost) await this.#findLost(attempt, postgres)
  }

  /** What a start does with the journal of the life before. */
  async replay(): Promise<void> {
    for (const left of leftAttempts(this.disk.records)) await this.ledger.finish(left)
  }

  /** Before a rebuilt store is opened: what was acknowledged may be lost, and the disk has it. */
  async recount(postgres: SimPostgres): Promise<void> {
    for (const left of leftAttempts(this.disk.records))
      if (!this.open.has(left.attemptId)) await this.ledger.finish(left)
    while (this.busy) await this.#round(postgres)
  }

  get busy(): boolean {
    return this.#retries.length > 0 || this.#lost.length > 0
  }

  async #findLost(attempt: LostAttempt, postgres: SimPostgres): Promise<void> {
    const charge = chargeOfLost(attempt, new Set(postgres.rows.keys()))
    if (!charge) return
    try {
      const recorded = await this.#store.verbs().recordLost(charge)
      if (!recorded) await this.ledger.finish({ ...attempt, least: 0n, sliceId: null })
    } catch {
      this.#lost.push(attempt)
    }
  }

  #journal(): Journal {
    const { disk } = this
    return {
      note: (record) => void (disk.full || disk.records.push(record)),
      async ended(record) {
        if (!disk.full) disk.records.push(record)
        return !disk.full
      },
      ok: !disk.full,
      unconfirmed: async () => disk.records,
      waiting: 0,
      close: async () => {},
    }
  }

  #leases(): Leases {
    const { open } = this
    return {
      open: (hold) => void open.set(hold.attemptId, hold),
      of: (_orgId, attemptId) => open.get(attemptId),
      all: (isWanted) => [...open.values()].filter(({ orgId }) => isWanted(orgId)),
      close: (_orgId, attemptId) => void open.delete(attemptId),
      get count() {
        return open.size
      },
      stop: () => {},
    }
  }

  #persistent(): Persistent {
    const run = async <T>(call: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof Away)) throw error
        this.#retries.push(async () => void (this.dead || (await run(call))))
        return undefined
      }
    }
    return { run, pending: 0, oldestSince: null, idle: async () => {} }
  }
}
