import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { closeFolder, openFolder, segmentName } from './folder.ts'
import { unframe } from './frame.ts'
import type { Asker } from './asker.ts'
import { makePruner } from './pruner.ts'
import { readRecord, recordText, type JournalRecord, type ResultRecord } from './record.ts'
import { makeWriter } from './writer.ts'

/** The second copy of what attempts cost: on this host's disk, until it is in Postgres (decisions.md 7). */
export type Journal = {
  /** Notes something that the next start must know. */
  note: (record: Exclude<JournalRecord, ResultRecord>) => void
  /** Notes how an attempt ended. Resolves with whether that is on the disk. */
  ended: (record: ResultRecord) => Promise<boolean>
  /** False while the disk refuses: then nothing new may be begun. */
  readonly ok: boolean
  /** Every record of which it is not known that Postgres has its attempt. */
  unconfirmed: () => Promise<JournalRecord[]>
  /** Segments that wait until all in them is in Postgres. */
  readonly waiting: number
  close: () => Promise<void>
}

/** Where no folder was given: there is one copy less, and nothing is promised of it. */
export const noJournal: Journal = {
  note: () => {},
  ended: () => Promise.resolve(false),
  ok: true,
  unconfirmed: () => Promise.resolve([]),
  waiting: 0,
  close: () => Promise.resolve(),
}

export type JournalDeps = {
  asker: Asker
  onFailed: (error: unknown) => void
  /** Hears of segments that could not be read to their end. */
  onDamaged: (segment: string, bytes: number) => void
  onDefect: (error: unknown) => void
  monotonic: () => number
  pruneEveryMs: number
}

/**
 * Opens the journal in a folder of this process below `root`, with what processes that are gone have left there: their
 * records, oldest first, which are to be replayed before they can be given up.
 *
 * @throws Error when the folder cannot be written to
 */
export async function openJournal(
  { root, instance }: { root: string; instance: string },
  deps: JournalDeps,
): Promise<{ journal: Journal; left: JournalRecord[] }> {
  const folder = openFolder(root, instance)
  const path = (name: string) => join(folder.path, name)

  async function read(name: string): Promise<JournalRecord[]> {
    const { payloads, damagedBytes } = unframe(await readFile(path(name)))
    if (damagedBytes > 0) deps.onDamaged(name, damagedBytes)
    return payloads.flatMap((payload) => readRecord(payload) ?? [])
  }

  const pruner = makePruner({
    asker: deps.asker,
    read,
    remove: (name) => rm(path(name)),
    onDefect: deps.onDefect,
    everyMs: deps.pruneEveryMs,
  })
  const left: JournalRecord[] = []
  for (const name of folder.left) {
    left.push(...(await read(name)))
    pruner.add(name)
  }
  const writer = makeWriter({
    async create(number) {
      const handle = await open(path(segmentName(number)), 'ax', 0o600)
      return {
        write: (bytes) => handle.writeFile(bytes),
        sync: () => handle.datasync(),
        close: () => handle.close(),
      }
    },
    onClosed: (number) => pruner.add(segmentName(number)),
    onFailed: deps.onFailed,
    monotonic: deps.monotonic,
  })
  const journal: Journal = {
    note: (record) => writer.append(recordText(record)),
    ended: (record) => writer.synced(recordText(record)),
    get ok() {
      return writer.ok
    },
    async unconfirmed() {
      await writer.turn()
      const records: JournalRecord[] = []
      for (const name of pruner.names.toSorted()) records.push(...(await read(name).catch(() => [])))
      return records
    },
    get waiting() {
      return pruner.names.length
    },
    async close() {
      await writer.close()
      pruner.stop()
      closeFolder(folder.path)
    },
  }
  return { journal, left }
}
