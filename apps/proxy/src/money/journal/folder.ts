import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** A journal's folder: one per process, inside the folder of all proxies of this host. */
export type Folder = {
  path: string
  /** Segments in it that this process did not write, oldest first. */
  left: string[]
}

const ownerFile = 'owner.json'
const suffix = '.journal'
const ownerShape = z.object({ pid: z.int(), started: z.string().nullable() })

/**
 * Makes this process's folder, and moves into it what processes that are gone have left. Several may start at once: a
 * segment is moved by whoever is first.
 *
 * @throws Error when the folder cannot be written to
 */
export function openFolder(root: string, instance: string): Folder {
  const path = join(root, instance)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  writeFileSync(join(path, ownerFile), JSON.stringify({ pid: process.pid, started: startOf(process.pid) }))
  const left: string[] = []
  for (const name of readdirSync(root).toSorted()) {
    if (name === instance || !isGone(join(root, name))) continue
    for (const segment of segmentsIn(join(root, name))) {
      const moved = `${name}-${segment}`
      if (quietly(() => renameSync(join(root, name, segment), join(path, moved)))) left.push(moved)
    }
    quietly(() => rmSync(join(root, name, ownerFile)))
    quietly(() => rmdirSync(join(root, name)))
  }
  return { path, left }
}

/** Takes the folder away if nothing is left in it. */
export function closeFolder(path: string): void {
  if (segmentsIn(path).length > 0) return
  quietly(() => rmSync(join(path, ownerFile)))
  quietly(() => rmdirSync(path))
}

const segmentsIn = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith(suffix))
    .toSorted()

/** The name of a segment. */
export const segmentName = (number: number): string => `${String(number).padStart(9, '0')}${suffix}`

/** Whether the process that wrote a folder has ended. What is no journal of ours is left alone. */
function isGone(path: string): boolean {
  try {
    const { pid, started } = ownerShape.parse(JSON.parse(readFileSync(join(path, ownerFile), 'utf8')))
    return startOf(pid) !== started || !isRunning(pid)
  } catch {
    return false
  }
}

/** When a process was started, where the system tells: numbers of processes are used again, after a restart at once. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the name in field 2 may hold spaces and brackets.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function isRunning(pid: number): boolean {
  return quietly(() => process.kill(pid, 0))
}

function quietly(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}
