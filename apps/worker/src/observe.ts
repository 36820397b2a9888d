import { pino } from 'pino'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Job } from './job.ts'

/** Runs a job, counts it, logs what it did; a run is skipped while the same job still runs in this process. */
export type Observed = (job: Job) => Promise<void>

export type Observation = {
  registry: Registry
  observed: Observed
  /** Counters whose value differs from the ledger, by organisation; 0 everywhere or somebody must look. */
  drift: Gauge<'org'>
  /** Everything that differs, by organisation and check; 0 everywhere or somebody must look. */
  findings: Gauge<'org' | 'check'>
  /** Entries of the usage streams that could not be recorded and were put aside. */
  putAside: Gauge
  /** Entries of the usage streams that are not recorded yet, and the age of the oldest in seconds. */
  backlog: Gauge
  oldest: Gauge
  /** 1 while the store may throw data away when it is full. */
  evicting: Gauge
  /** When each job last finished well, in ms since 1970. */
  lastSuccess: (job: string) => number | undefined
}

/** Structured lines on stderr; stdout is for whoever started the process. */
export const makeLog = (level: string) => pino({ level, base: { app: 'worker' } }, pino.destination(2))
export type Log = ReturnType<typeof makeLog>

export function observe(log: Log): Observation {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const runs = new Counter({
    name: 'gateway_worker_runs_total',
    help: 'Runs of jobs',
    labelNames: ['job', 'outcome'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'gateway_worker_run_seconds',
    help: 'Duration of runs',
    labelNames: ['job'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  })
  const work = new Counter({
    name: 'gateway_worker_work_total',
    help: 'What jobs did',
    labelNames: ['job', 'what'],
    registers: [registry],
  })
  const drift = new Gauge({
    name: 'gateway_ledger_drift_counters',
    help: 'Budget counters that differ from the ledger',
    labelNames: ['org'],
    registers: [registry],
  })
  const findings = new Gauge({
    name: 'gateway_ledger_findings',
    help: 'What the last verification found to differ',
    labelNames: ['org', 'check'],
    registers: [registry],
  })
  const putAside = new Gauge({
    name: 'gateway_usage_put_aside',
    help: 'Entries of the usage streams that could not be recorded',
    registers: [registry],
  })
  const backlog = new Gauge({
    name: 'gateway_usage_backlog_entries',
    help: 'Entries of the usage streams that are not recorded yet',
    registers: [registry],
  })
  const oldest = new Gauge({
    name: 'gateway_usage_backlog_seconds',
    help: 'Age of the oldest of them',
    registers: [registry],
  })
  const evicting = new Gauge({
    name: 'gateway_store_evicting',
    help: '1 while the store may throw counters away when it is full',
    registers: [registry],
  })
  const running = new Set<string>()
  const successes = new Map<string, number>()

  const observed: Observed = async (job) => {
    if (running.has(job.name)) return
    running.add(job.name)
    const stop = seconds.startTimer({ job: job.name })
    try {
      const report = await job.run()
      runs.inc({ job: job.name, outcome: 'done' })
      successes.set(job.name, Date.now())
      const did = Object.entries(report).filter(([, count]) => count > 0)
      for (const [what, count] of did) work.inc({ job: job.name, what }, count)
      if (did.length > 0) log.info({ job: job.name, ...Object.fromEntries(did) }, 'done')
    } catch (error) {
      runs.inc({ job: job.name, outcome: 'failed' })
      log.error({ job: job.name, err: error instanceof Error ? error.message : String(error) }, 'failed')
      throw error
    } finally {
      stop()
      running.delete(job.name)
    }
  }
  return {
    registry,
    observed,
    drift,
    findings,
    putAside,
    backlog,
    oldest,
    evicting,
    lastSuccess: (job) => successes.get(job),
  }
}
