import { frameOf } from './frame.ts'

/** A segment that is being written. */
export type SegmentFile = {
  write(bytes: Buffer): Promise<unknown>
  /** Resolves when what was written is on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

export type WriterDeps = {
  /** Makes the next segment. Rejects when the disk is full, read-only or broken. */
  create: (number: number) => Promise<SegmentFile>
  /** Hears when a segment is complete: all that will ever be in it is on the disk. */
  onClosed: (number: number) => void
  /** Hears why the journal cannot be written, once per time. */
  onFailed: (error: unknown) => void
  monotonic: () => number
}

/** Records on their way to the disk. */
export type Writer = {
  /** Takes a record; it is on the disk some milliseconds later. */
  append: (payload: string) => void
  /** The same; resolves with whether it is on the disk. False: not yet, since the disk refuses. It is tried again. */
  synced: (payload: string) => Promise<boolean>
  /** False while the disk refuses: nothing new is to be begun then. */
  readonly ok: boolean
  /** Closes the segment after writing what was taken, so that it can be read; the next record begins another one. */
  turn: () => Promise<void>
  /** Writes what was taken, and ends. */
  close: () => Promise<void>
}

/** Commits are gathered for this long: one sync serves all who came meanwhile (money.md 4.5). */
const gatherMs = 5
const segmentBytes = 16 * 1_048_576
/** A segment is closed at this age, so that it can be given up soon. */
const segmentMs = 10_000
const retryMs = 500

/** Writes records in groups. What could not be written is kept and written into a new segment once that is possible. */
export function makeWriter(deps: WriterDeps): Writer {
  let pending: Buffer[] = []
  let waiting: ((written: boolean) => void)[] = []
  let file: { segment: SegmentFile; number: number; bytes: number; since: number } | undefined
  let next = 1
  let ok = true
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined
  let lastAt = Number.NEGATIVE_INFINITY

  function soon(ms: number): void {
    if (flushing) return
    timer ??= setTimeout(() => {
      timer = undefined
      void flush()
    }, ms)
  }

  function flush(): Promise<void> {
    flushing ??= commit().finally(() => {
      flushing = undefined
      if (pending.length > 0) soon(ok ? Math.max(0, gatherMs - (deps.monotonic() - lastAt)) : retryMs)
    })
    return flushing
  }

  async function commit(): Promise<void> {
    lastAt = deps.monotonic()
    if (pending.length === 0) return
    const frames = pending
    const waiters = waiting
    pending = []
    waiting = []
    try {
      file ??= { segment: await deps.create(next), number: next++, bytes: 0, since: lastAt }
      const bytes = Buffer.concat(frames)
      await file.segment.write(bytes)
      await file.segment.sync()
      file.bytes += bytes.length
      ok = true
      for (const tell of waiters) tell(true)
      if (file.bytes >= segmentBytes || lastAt - file.since >= segmentMs) await rotate()
    } catch (error) {
      if (ok) deps.onFailed(error)
      ok = false
      pending = [...frames, ...pending]
      for (const tell of waiters) tell(false)
      // What the failed write left at the end of the segment ends the reading of it: nothing may follow.
      await rotate()
    }
  }

  async function rotate(): Promise<void> {
    const done = file
    file = undefined
    if (!done) return
    await done.segment.close().catch(() => {})
    deps.onClosed(done.number)
  }

  // An idle journal closes its segment too.
  const age = setInterval(() => {
    if (file && !flushing && pending.length === 0 && deps.monotonic() - file.since >= segmentMs) void rotate()
  }, segmentMs)
  age.unref()

  const isUnfinished = (): boolean => flushing !== undefined || (pending.length > 0 && ok)

  return {
    append(payload) {
      pending.push(frameOf(payload))
      soon(gatherMs)
    },
    synced(payload) {
      pending.push(frameOf(payload))
      const written = new Promise<boolean>((resolve) => waiting.push(resolve))
      soon(Math.max(0, gatherMs - (deps.monotonic() - lastAt)))
      return written
    },
    get ok() {
      return ok
    },
    async turn() {
      do await flush()
      while (isUnfinished())
      await rotate()
    },
    async close() {
      clearInterval(age)
      clearTimeout(timer)
      // A disk that refuses is not waited for: what it did not take is in the store, or is kept by nobody else.
      do await flush()
      while (isUnfinished())
      await rotate()
    },
  }
}
