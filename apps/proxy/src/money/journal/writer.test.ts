import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '@tollkeeper/testbed/processes'
import { expect, it, onTestFinished } from 'vitest'
import { unframe } from './frame.ts'
import { makeWriter, type SegmentFile } from './writer.ts'

/** A journal in a folder of its own; while `full`, its segments are made on a device that is full. */
async function aJournal() {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const state = { full: false, syncs: 0 }
  const failures: unknown[] = []
  const closed: number[] = []
  const path = (number: number) => join(folder, String(number))
  const writer = makeWriter({
    async create(number): Promise<SegmentFile> {
      const handle = await open(state.full ? '/dev/full' : path(number), 'a')
      return {
        write: (bytes) => handle.writeFile(bytes),
        async sync() {
          state.syncs += 1
          await handle.datasync().catch((error: NodeJS.ErrnoException) => {
            // A device has nothing to sync.
            if (error.code !== 'EINVAL') throw error
          })
        },
        close: () => handle.close(),
      }
    },
    onClosed: (number) => void closed.push(number),
    onFailed: (error) => void failures.push(error),
    monotonic: () => performance.now(),
  })
  const written = async (number: number) => unframe(await readFile(path(number))).payloads
  return { writer, state, failures, closed, written }
}

it('has a record on the disk when it says so, and gathers what comes at once', async () => {
  const { writer, state, written } = await aJournal()
  const records = Array.from({ length: 500 }, (_, i) => `record ${i}`)
  expect(await Promise.all(records.map((record) => writer.synced(record)))).toEqual(records.map(() => true))
  expect(await written(1)).toEqual(records)
  expect(state.syncs).toBeLessThan(10)
  await writer.close()
})

it('on a full disk says so at once, keeps the records, and writes them all when there is room again', async () => {
  const { writer, state, failures, closed, written } = await aJournal()
  state.full = true
  expect(await writer.synced('first')).toBe(false)
  expect(writer.ok).toBe(false)
  writer.append('second')
  expect(failures).toMatchObject([{ code: 'ENOSPC' }])
  state.full = false
  await until(() => writer.ok, { within: 5_000 })
  await writer.close()
  expect(await written(closed.at(-1) ?? 0)).toEqual(['first', 'second'])
  // Told once, not with every try.
  expect(failures).toHaveLength(1)
})

it('writes what it has taken before it ends', async () => {
  const { writer, written, closed } = await aJournal()
  for (let i = 0; i < 100; i += 1) writer.append(`record ${i}`)
  await writer.close()
  expect(closed).toEqual([1])
  expect(await written(1)).toHaveLength(100)
})
