import type { Call, Totals } from './call.ts'
import { openRecordFile } from './record-file.ts'
import { RunningTotals } from './sums.ts'

const kept = 100_000

/** A page of the record, and the cursor that asks for what comes after it. */
export type CallPage = { calls: Call[]; next: number }

/** The append-only record of calls: what the provider saw and would bill. */
export type CallRecord = {
  /** Counts a call in; `end` writes it down, and only the first `end` does. */
  begin(): { end(call: Omit<Call, 'seq'>): void }
  /** Calls after the cursor (a `seq`), oldest first. The last 100,000 are kept in memory. */
  page(after: number, limit: number): CallPage
  totals(): Totals
  /** Forgets the calls so far; the file keeps them, `seq` goes on. */
  reset(): void
  close(): void
}

/** The record, in memory and, with a path, also in that JSONL file, which is read first. */
export function openCallRecord(path: string | undefined): CallRecord {
  let calls: Call[] = []
  let totals = new RunningTotals()
  let seq = 0
  let open = 0
  let mostOpen = 0

  const forget = () => {
    calls = []
    totals = new RunningTotals()
  }
  const remember = (call: Call) => {
    seq = call.seq
    totals.add(call)
    calls.push(call)
    // Cut rarely: a shift for every call would cost more than the call.
    if (calls.length >= 1.25 * kept) calls = calls.slice(-kept)
  }
  const file =
    path === undefined ? undefined : openRecordFile(path, (line) => ('reset' in line ? forget() : remember(line)))

  return {
    begin() {
      open += 1
      mostOpen = Math.max(mostOpen, open)
      let ended = false
      return {
        end(call) {
          if (ended) return
          ended = true
          open -= 1
          const numbered = { seq: seq + 1, ...call }
          file?.append(numbered)
          remember(numbered)
        },
      }
    },
    page(after, limit) {
      const first = calls[0]?.seq ?? seq + 1
      const from = Math.max(0, after + 1 - first)
      const page = calls.slice(from, from + limit)
      return { calls: page, next: page.at(-1)?.seq ?? Math.max(after, seq) }
    },
    totals: () => totals.shown({ open, mostOpen }),
    reset() {
      forget()
      mostOpen = open
      file?.append({ reset: true, seq })
    },
    close: () => file?.close(),
  }
}
