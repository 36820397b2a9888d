import type { JobsOptions, QueueOptions } from 'bullmq'
import { z } from 'zod'

/**
 * The worker's recurring jobs. They carry reminders, never the only copy of anything: each runs on a timer as well, and
 * finds its work in the stores (decisions.md 8). Payloads outlive a deploy: a new field is optional first.
 */
export const maintenanceQueue = 'maintenance'

/** Payload of each job. */
export const maintenanceJobs = {
  /** Opens shards that have no epoch. */
  'open-shards': z.object({}),
  /** Moves usage events from the streams into the ledger and the roll-ups. */
  'drain-usage': z.object({}),
  /** Charges holds whose owner is gone. */
  'sweep-leases': z.object({}),
  /** Publishes policies whose announcement was missed. */
  'publish-policies': z.object({}),
  /** Compares counters, ledger and roll-ups. */
  'verify-ledger': z.object({}),
} as const

export type MaintenanceJob = keyof typeof maintenanceJobs
export const maintenanceJobNames = Object.keys(maintenanceJobs) as MaintenanceJob[]

/** For the queue and its workers alike: in braces, so that a queue lives in one cluster slot. */
export const queuePrefix = '{bull}'

/** A job that failed comes again by its schedule; its traces are kept for a while to be looked at. */
const jobOptions: JobsOptions = { attempts: 1, removeOnComplete: { count: 20 }, removeOnFail: { count: 200 } }

export const maintenanceQueueOptions = {
  prefix: queuePrefix,
  defaultJobOptions: jobOptions,
} as const satisfies Omit<QueueOptions, 'connection'>
