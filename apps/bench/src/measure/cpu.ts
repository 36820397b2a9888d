import { readFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick (USER_HZ). */
const ticksPerSecond = 100

/**
 * CPU seconds, user and system, of all threads of a process so far, in steps of 10 ms.
 * Undefined where there is no /proc: the bench then leaves CPU out.
 *
 * @throws Error when there is a /proc, but no such process
 */
export function cpuSecondsOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  return cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

/** Reads `/proc/<pid>/stat`, see proc_pid_stat(5): fields 14 (utime) and 15 (stime). */
export function cpuSecondsIn(stat: string): number {
  // Field 2 is the command in parentheses, which may itself contain spaces and parentheses.
  const fromField3 = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fromField3[11]) + Number(fromField3[12])
  if (!Number.isSafeInteger(ticks)) throw new Error(`Not the stat line of a process: ${stat}`)
  return ticks / ticksPerSecond
}
