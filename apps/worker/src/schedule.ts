import { Queue, Worker, type ConnectionOptions } from 'bullmq'
import type { Job } from './job.ts'
import type { Log, Observed } from './observe.ts'

type Options = {
  queue: string
  prefix: string
  connection: ConnectionOptions
  jobs: readonly Job[]
  observed: Observed
  log: Log
}

/**
 * Keeps every job on its schedule and runs the ones that are due. Several workers share the schedules: each run goes
 * to one of them. Gives a function that finishes running jobs and stops.
 */
export async function startSchedule({
  queue: name,
  prefix,
  connection,
  jobs,
  observed,
  log,
}: Options): Promise<() => Promise<void>> {
  const byName = new Map(jobs.map((job) => [job.name, job]))
  const queue = new Queue(name, { connection, prefix })
  queue.on('error', (error) => log.warn({ err: error.message }, 'queue connection'))
  for (const job of jobs) await schedule(queue, job)
  for (const scheduler of await queue.getJobSchedulers()) {
    if (!byName.has(scheduler.key)) await queue.removeJobScheduler(scheduler.key)
  }
  const worker = new Worker(
    name,
    async ({ name: jobName }) => {
      const job = byName.get(jobName)
      // A newer worker scheduled a job that this one does not know; a newer worker will run it next time.
      if (job) await observed(job)
    },
    // One of each kind at a time in a process: a run that takes longer than its interval is not joined by the next.
    { connection, prefix, concurrency: jobs.length, maxStalledCount: 1_000_000, drainDelay: 1 },
  )
  worker.on('error', (error) => log.warn({ err: error.message }, 'queue connection'))
  // A Redis that lost its data lost the schedules too, and this worker is who puts everything else back.
  const keeper = setInterval(() => {
    void keepSchedules(queue, jobs).catch((error: unknown) => log.warn({ err: String(error) }, 'schedules'))
  }, keepEveryMs)
  return async () => {
    clearInterval(keeper)
    await worker.close()
    await queue.close()
  }
}

const keepEveryMs = 2_000

const schedule = (queue: Queue, job: Job) =>
  queue.upsertJobScheduler(
    job.name,
    { every: job.everyMs },
    { name: job.name, opts: { removeOnComplete: true, removeOnFail: { count: 50 } } },
  )

async function keepSchedules(queue: Queue, jobs: readonly Job[]): Promise<void> {
  for (const job of jobs) if (!(await queue.getJobScheduler(job.name))) await schedule(queue, job)
}
