import { fileURLToPath } from 'node:url'
import { spawnProcess } from '@tollkeeper/testbed/processes'
import type { Started } from './contender.ts'

const listening = /^listening on (http:\S+)$/m

/** Starts one of the bench's own programs and gives where it listens. `file` is relative to `src`. */
export async function startOwn(
  started: Started,
  name: string,
  file: string,
  args: readonly string[] = [],
): Promise<{ pid: number; origin: string }> {
  const script = fileURLToPath(new URL(`../${file}`, import.meta.url))
  const child = await spawnProcess({ name, command: process.execPath, args: [script, ...args], ready: listening })
  started.push(child)
  const origin = listening.exec(child.output())?.[1]
  if (origin === undefined) throw new Error(`The ${name} did not say where it listens.`)
  return { pid: child.pid, origin }
}
