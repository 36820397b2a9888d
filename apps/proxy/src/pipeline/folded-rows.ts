import type { RequestEvent } from '@tollkeeper/domain/usage'

/** Rows of refused requests. A client that asks again and again must not fill the ledger with equal rows. */
export type FoldedRows = {
  /** Writes a row at once, unless an equal one without attempts was written within the last 10 s: then it is counted. */
  add(row: RequestEvent): void
  /** Writes what was counted so far. */
  flush(): void
}

export type FoldedRowsDeps = {
  write: (row: RequestEvent) => void
  foldMs: number
}

/** One kind of refusal: the row that stands for the repeats, and how many there were. */
type Folded = { row: RequestEvent | undefined; count: number; timer: NodeJS.Timeout }

/** Keeps memory bounded when very many keys are refused at the same time. */
const mostKinds = 10_000

/**
 * The first refusal of its kind is written at once, so that the link in it leads somewhere; its repeats within `foldMs`
 * become one more row with their number (wire.md 2.4).
 */
export function makeFoldedRows(deps: FoldedRowsDeps): FoldedRows {
  const kinds = new Map<string, Folded>()

  const close = (kind: string, folded: Folded) => {
    kinds.delete(kind)
    clearTimeout(folded.timer)
    if (folded.row) deps.write({ ...folded.row, count: folded.count })
  }

  return {
    add(row) {
      // Charges hang on this one.
      if (row.attempts > 0) return deps.write(row)
      const kind = kindOf(row)
      const folded = kinds.get(kind)
      if (folded) {
        folded.row = row
        folded.count += 1
        return
      }
      deps.write(row)
      if (kinds.size >= mostKinds) return
      const timer = setTimeout(() => {
        const there = kinds.get(kind)
        if (there) close(kind, there)
      }, deps.foldMs)
      timer.unref()
      kinds.set(kind, { row: undefined, count: 0, timer })
    },
    flush() {
      for (const [kind, folded] of kinds) close(kind, folded)
    },
  }
}

const kindOf = ({ scopes, failure, refusal, modelAsked, stream }: RequestEvent): string =>
  JSON.stringify([scopes.keyId, failure, refusal?.scope, refusal?.period, modelAsked, stream])
