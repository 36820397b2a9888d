import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { signalGroup } from '../src/processes/child.ts'
import { identityOf } from '../src/processes/identity.ts'
import { until } from '../src/processes/until.ts'
import type { DataFolder } from './data-folder.ts'

const ownProcessSchema = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  /** Tells this process from a later one with the same pid. */
  identity: z.string(),
  /** What stops it in good order. */
  signal: z.enum(['SIGTERM', 'SIGINT']),
})

const recordSchema = z.object({
  launcher: ownProcessSchema,
  /** In the order in which they are to be stopped. */
  processes: z.array(ownProcessSchema),
  addresses: z.object({ console: z.string(), proxy: z.string(), simulator: z.string() }),
})

/** A process that `npm start` started, or `npm start` itself. */
export type OwnProcess = z.output<typeof ownProcessSchema>
export type RunRecord = z.output<typeof recordSchema>

const fileName = 'run.json'

/** What runs, or ran when the launcher died; undefined when there is no record or none that can be read. */
export function readRun(folder: DataFolder): RunRecord | undefined {
  try {
    return recordSchema.safeParse(folder.readJson(fileName)).data
  } catch {
    return undefined
  }
}

export function writeRun(folder: DataFolder, record: RunRecord): void {
  folder.writeJson(fileName, record)
}

export function forgetRun(folder: DataFolder): void {
  folder.remove(fileName)
}

/** A process as it is written down; undefined when it is gone already. */
export function ownProcess(
  name: string,
  pid: number,
  signal: OwnProcess['signal'] = 'SIGTERM',
): OwnProcess | undefined {
  const identity = identityOf(pid)
  return identity === undefined ? undefined : { name, pid, identity, signal }
}

/** Whether that very process still lives: a stranger with its pid does not count. */
export const lives = (known: OwnProcess): boolean => identityOf(known.pid) === known.identity

const graceMs = 15_000

/**
 * Stops what a dead launcher left running, one after the other, and gives the names.
 * Nothing is signalled that is not the very process in the record.
 */
export async function stopLeftovers(processes: readonly OwnProcess[]): Promise<string[]> {
  const stopped: string[] = []
  for (const left of processes.filter(lives)) {
    process.kill(left.pid, left.signal)
    await until(() => !lives(left), { within: graceMs }).catch(() => signalGroup(left.pid, 'SIGKILL'))
    stopped.push(left.name)
  }
  return stopped
}

/** Waits until a process has ended, for up to `withinMs`; false if it did not. */
export async function ends(known: OwnProcess, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (lives(known)) {
    if (performance.now() > deadline) return false
    await sleep(50)
  }
  return true
}
