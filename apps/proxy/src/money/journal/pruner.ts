import type { Asker } from './asker.ts'
import type { JournalRecord } from './record.ts'

export type PrunerDeps = {
  asker: Asker
  /** Records of a segment. */
  read: (name: string) => Promise<readonly JournalRecord[]>
  remove: (name: string) => Promise<void>
  onDefect: (error: unknown) => void
  everyMs: number
}

/** Gives up segments that are not needed any more. */
export type Pruner = {
  /** Takes a segment that is complete. */
  add: (name: string) => void
  /** Those that wait, the one first that is looked at next. */
  readonly names: readonly string[]
  stop: () => void
}

const perAsk = 1_500

/**
 * Deletes a segment only when the ledger in Postgres has every attempt in it: the end of each that ended, any row of
 * each that was only sent (money.md 4.5). The oldest goes first.
 */
export function makePruner(deps: PrunerDeps): Pruner {
  const names: string[] = []
  let busy = false
  const timer = setInterval(() => void round().catch(deps.onDefect), deps.everyMs)
  timer.unref()

  async function round(): Promise<void> {
    const [name] = names
    if (busy || name === undefined) return
    busy = true
    try {
      if (!(await isRecorded(await deps.read(name)))) {
        // An attempt that goes on for long must not keep the others from being looked at.
        names.push(names.shift() ?? name)
        return
      }
      await deps.remove(name)
      names.shift()
    } finally {
      busy = false
    }
  }

  async function isRecorded(records: readonly JournalRecord[]): Promise<boolean> {
    const ended = new Map<string, boolean>()
    for (const { t, attemptId } of records) {
      if (t !== 'progress') ended.set(attemptId, t === 'result' || (ended.get(attemptId) ?? false))
    }
    const wanted = [...ended].map(([attemptId, hasEnded]) =>
      ['final', 'correction', ...(hasEnded ? [] : ['provisional'])].map((kind) => `${attemptId}:${kind}`),
    )
    for (let from = 0; from < wanted.length; from += perAsk) {
      const some = wanted.slice(from, from + perAsk)
      const found = await deps.asker.whichAreRecorded(some.flat())
      if (!found || !some.every((events) => events.some((event) => found.has(event)))) return false
    }
    return true
  }

  return {
    add: (name) => void names.push(name),
    names,
    stop: () => clearInterval(timer),
  }
}
