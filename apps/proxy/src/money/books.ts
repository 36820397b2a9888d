import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Confirmations } from '@tollkeeper/redis/confirmations'
import type { LostCharge } from '@tollkeeper/redis/budgets'
import { makeAsker } from './journal/asker.ts'
import { noJournal, openJournal, type Journal } from './journal/journal.ts'
import { makeLostAttempts, type LostAttempt } from './journal/lost-attempts.ts'
import { leftAttempts } from './journal/replay.ts'
import { makeLedger, type Ledger, type LedgerDeps } from './ledger.ts'

/** The money of this process: its ledger, with the second copy of everything on this host's disk. */
export type Books = {
  ledger: Ledger
  /** Opens the journal, and brings to its end what a process before this one has left there. */
  open: () => Promise<void>
  /**
   * Brings to its end once more what is not known to be in Postgres: what a store that lost its data had acknowledged
   * may be lost with it, and the disk has it still. Changes nothing where nothing was lost. Resolves when all of it is
   * charged, which a worker has to be there for.
   */
  recount: () => Promise<void>
  readonly journal: 'ok' | 'unwritable' | 'replaying'
  /** Segments that wait for Postgres, and attempts that the store has lost and the ledger was not asked about yet. */
  readonly segments: number
  readonly lost: number
  /** After everything was settled. */
  close: () => Promise<void>
}

export type BooksDeps = Omit<LedgerDeps, 'journal' | 'onGone'> & {
  /** Undefined: no journal. */
  folder: string | undefined
  confirmations: Pick<Confirmations, 'ask' | 'answerTo'>
  recordLost: (charge: LostCharge) => Promise<boolean>
  monotonic: () => number
  log: {
    info: (line: object, text: string) => void
    warn: (line: object, text: string) => void
    error: (line: object, text: string) => void
  }
}

const everyMs = 1_000
const asking = { patienceMs: 10_000, pollMs: 200 }
const pendingPollMs = 50
/** Attempts of the process before that are brought to their end at a time. */
const replayedAtOnce = 64

export function makeBooks(deps: BooksDeps): Books {
  const { log } = deps
  // Not the host and the number of the process: both come again.
  const instance = randomBytes(9).toString('base64url')
  const asker = (purpose: string) => makeAsker(deps.confirmations, { ...asking, instance: `${instance}:${purpose}` })
  const onDefect = (error: unknown) => log.error({ err: error }, 'defect')

  let journal: Journal = noJournal
  let replaying = false
  const ledger = makeLedger({ ...deps, journal: () => journal, onGone: (attempt) => lost.add(attempt) })
  const lost = makeLostAttempts({
    asker: asker('lost'),
    draw: (attempt) => ledger.drawLeft(attempt),
    recordLost: deps.recordLost,
    again: (attempt: LostAttempt) => void ledger.finish({ ...attempt, least: 0n, sliceId: null }).catch(onDefect),
    onRecorded({ orgId, attemptId }, kind) {
      log.warn({ org: orgId, attempt: attemptId, kind }, 'charged an attempt whose hold the store had lost')
    },
    onDefect,
    everyMs,
  })

  async function replay(records: Parameters<typeof leftAttempts>[0]): Promise<void> {
    // What is running here will end here.
    const attempts = leftAttempts(records).filter((left) => !deps.leases.of(left.orgId, left.attemptId))
    let next = 0
    const lane = async () => {
      for (let left = attempts[next++]; left; left = attempts[next++]) await ledger.finish(left)
    }
    await Promise.all(Array.from({ length: replayedAtOnce }, lane))
    log.info({ attempts: attempts.length }, 'replayed the journal')
  }

  return {
    ledger,
    async open() {
      if (deps.folder === undefined) {
        log.warn({}, 'no JOURNAL_DIR: charges have no second copy on this host')
        return
      }
      const opened = await openJournal(
        { root: deps.folder, instance },
        {
          asker: asker('prune'),
          onFailed: (error) => log.error({ err: error }, 'the journal cannot be written: nothing new is begun'),
          onDamaged: (segment, bytes) => log.warn({ segment, bytes }, 'the end of a segment of the journal is damaged'),
          onDefect,
          monotonic: deps.monotonic,
          pruneEveryMs: everyMs,
        },
      )
      journal = opened.journal
      if (opened.left.length === 0) return
      replaying = true
      // Without the store it goes on in the background; until then this instance is not ready.
      void replay(opened.left)
        .catch(onDefect)
        .finally(() => (replaying = false))
    },
    async recount() {
      await replay(await journal.unconfirmed())
      // Also what the store could not be asked at once.
      while (deps.settlements.pending > 0) await sleep(pendingPollMs, undefined, { ref: false })
      await lost.untilNone()
    },
    get journal() {
      if (replaying) return 'replaying'
      return journal.ok ? 'ok' : 'unwritable'
    },
    get segments() {
      return journal.waiting
    },
    get lost() {
      return lost.count
    },
    async close() {
      lost.stop()
      await journal.close()
    },
  }
}
