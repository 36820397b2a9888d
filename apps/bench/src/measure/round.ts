import type { Contender } from '../contenders/contender.ts'
import type { Job, Outcome } from '../load/job.ts'
import { cpuSecondsOf } from './cpu.ts'

/** What one contender did in one round. */
export type Sample = Outcome & {
  /** CPU time of the contender's process, in seconds; undefined where it cannot be read. */
  readonly cpuSeconds: number | undefined
}

/** Has the load generator at `load` do one job against a contender, and reads what CPU time that took. */
export async function sampleOf(
  load: string,
  contender: Contender,
  job: Pick<Job, 'stream' | 'pace' | 'forMs'>,
): Promise<Sample> {
  const whole: Job = { ...job, origin: contender.origin, keys: contender.keys }
  const before = cpuSecondsOf(contender.pid)
  const response = await fetch(load, { method: 'POST', body: JSON.stringify(whole) })
  if (!response.ok) throw new Error(`The load generator failed: ${await response.text()}`)
  const outcome = (await response.json()) as Outcome
  const after = cpuSecondsOf(contender.pid)
  const cpuSeconds = before === undefined || after === undefined ? undefined : after - before
  return { ...outcome, cpuSeconds }
}
