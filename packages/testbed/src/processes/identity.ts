import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * A text that only this very process has: a later process that was given the same pid has another one.
 * `undefined` when no such process lives (a zombie does not live).
 */
export function identityOf(pid: number): string | undefined {
  if (process.platform === 'linux') return identityFromProc(pid)
  const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  const started = ps.stdout.trim()
  return started === '' ? undefined : started
}

function identityFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in parentheses and may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    const startTime = fields[19]
    if (state === 'Z' || state === 'X' || startTime === undefined) return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startTime}`
  } catch {
    return undefined
  }
}

/** Working directory of a process, where the system tells; `undefined` otherwise. */
export function workingDirectoryOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}
