import type { Job } from './job.ts'
import type { Observed } from './observe.ts'

/**
 * Runs jobs on timers of this process: those that put a lost Redis back cannot be reminded by a queue that is in it.
 * Every worker runs them; they agree among themselves who does the work. Gives a function that stops.
 */
export function startPulse(jobs: readonly Job[], observed: Observed): () => void {
  const timers = jobs.map((job) => {
    // It has logged its failure; the next run tries again.
    const run = () => void observed(job).catch(() => {})
    run()
    return setInterval(run, job.everyMs)
  })
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}
