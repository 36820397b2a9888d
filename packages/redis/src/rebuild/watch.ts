import type { Shard } from '../shards.ts'

/**
 * What this process knows of each shard's sequence. Whatever a shard answers must be above what was known before it was
 * asked; a store that answers less has lost or rolled back data (decisions.md 9).
 */
export type SequenceWatch = {
  /** To be taken before a call is sent. */
  known: (shard: Shard) => number
  /** Takes the sequence that a call was answered. False: it should be higher than `before`, and the store went back. */
  advance: (shard: Shard, before: number, seq: number) => boolean
  /** Takes a sequence that was only read. False: it is lower than what was known when it was asked. */
  read: (shard: Shard, before: number, seq: number) => boolean
  /** Another epoch counts anew. */
  forget: (shard: Shard) => void
}

export function makeSequenceWatch(): SequenceWatch {
  const highest = new Map<Shard, number>()
  const known = (shard: Shard) => highest.get(shard) ?? -1
  const note = (shard: Shard, seq: number) => void (seq > known(shard) && highest.set(shard, seq))
  return {
    known,
    advance(shard, before, seq) {
      if (seq <= before) return false
      note(shard, seq)
      return true
    },
    read(shard, before, seq) {
      if (seq < before) return false
      note(shard, seq)
      return true
    },
    forget: (shard) => void highest.delete(shard),
  }
}
