import type { Job } from './load/job.ts'
import type { Measure } from './measure/comparison.ts'

export const workloadNames = ['saturation', 'rate-300', 'rate-2000', 'streams'] as const
export type WorkloadName = (typeof workloadNames)[number]

/** What both contenders are put through, in rounds. */
export type Workload = {
  readonly name: WorkloadName
  readonly title: string
  readonly job: Pick<Job, 'stream' | 'pace' | 'forMs'>
  readonly rounds: number
  readonly measures: readonly Measure[]
}

const throughput: Measure = {
  title: 'throughput',
  unit: '/s',
  of: (sample) => (sample.requests - sample.errors) / sample.seconds,
  as: 'ratio',
  goal: { atLeast: 0.6 },
}

const cpuPerRequest = (title: string, atMost: number): Measure => ({
  title,
  unit: 'ms',
  of: ({ cpuSeconds, requests }) => (cpuSeconds === undefined ? undefined : (cpuSeconds * 1_000) / requests),
  as: 'ratio',
  goal: { atMost },
})

const p50: Measure = {
  title: 'p50',
  unit: 'ms',
  of: (sample) => sample.answerMs.p50,
  as: 'difference',
  goal: { atMost: 0.5 },
}

const p99: Measure = {
  title: 'p99',
  unit: 'ms',
  of: (sample) => sample.answerMs.p99,
  as: 'ratio',
  goal: { atMost: 2 },
}

const firstEvent: Measure = {
  title: 'first event p50',
  unit: 'ms',
  of: (sample) => sample.firstByteMs.p50,
  as: 'difference',
  goal: { atMost: 0.5 },
}

/**
 * The reference workloads and what is to be reached on them. Rounds are short and many, so that a disturbance of a few
 * seconds spoils both sides of a few rounds and not the median. A stream of 50 events lasts a second, so 200 of them a
 * second keep 200 open.
 */
export function workloads(quick: boolean): readonly Workload[] {
  const whole = (forMs: number, pace: Job['pace']) => ({ stream: false, forMs: quick ? 1_000 : forMs, pace })
  return [
    {
      name: 'saturation',
      title: 'whole answers of 1 kB, 64 under way',
      job: whole(1_500, { kind: 'saturation', inFlight: 64 }),
      rounds: quick ? 3 : 14,
      measures: [throughput, cpuPerRequest('CPU per request', 1.7)],
    },
    {
      name: 'rate-300',
      title: 'whole answers of 1 kB, 300 requests/s',
      job: whole(2_000, { kind: 'rate', perSecond: 300 }),
      rounds: quick ? 2 : 8,
      measures: [p50, p99],
    },
    {
      name: 'rate-2000',
      title: 'whole answers of 1 kB, 2,000 requests/s',
      job: whole(2_000, { kind: 'rate', perSecond: 2_000 }),
      rounds: quick ? 2 : 8,
      measures: [p50, p99],
    },
    {
      name: 'streams',
      title: 'streams of 50 events, 200 open',
      job: { stream: true, forMs: quick ? 1_000 : 2_500, pace: { kind: 'rate', perSecond: 200 } },
      rounds: quick ? 2 : 6,
      measures: [cpuPerRequest('CPU per stream', 1.3), firstEvent],
    },
  ]
}
