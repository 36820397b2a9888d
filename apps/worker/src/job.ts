/** What a run did, for the log and the metrics: counts by name. */
export type JobReport = Readonly<Record<string, number>>

/**
 * One kind of scheduled work. A job can run twice, at the same time or again after a crash, and the result is the
 * same; the queue only reminds, so a lost run costs delay and nothing else.
 */
export type Job = {
  /** Verb and noun, unique; names the schedule in Redis. */
  name: string
  everyMs: number
  /** Rejects when the work could not be done; the next run tries again. */
  run: () => Promise<JobReport>
}

/** Declares a job whose needs are filled in by the composition root. */
export const defineJob =
  <Ports>(job: { name: string; run: (ports: Ports) => Promise<JobReport> }) =>
  (ports: Ports, everyMs: number): Job => ({ name: job.name, everyMs, run: () => job.run(ports) })
