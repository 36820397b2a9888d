import { nameOf, type Contender, type ContenderChoice, type Started } from './contenders/contender.ts'
import { startOwn } from './contenders/node-process.ts'
import { startContender } from './contenders/start.ts'
import { compare, type Comparison, type Pair } from './measure/comparison.ts'
import { median } from './measure/numbers.ts'
import { sampleOf, type Sample } from './measure/round.ts'
import { workloads, type Workload, type WorkloadName } from './workloads.ts'

export type BenchOptions = {
  readonly baseline: ContenderChoice
  readonly candidate: ContenderChoice
  /** All of them unless told. */
  readonly only?: readonly WorkloadName[]
  /** Short rounds, and few: to see that it works. */
  readonly quick: boolean
  /** Hears what is being done. */
  readonly say: (line: string) => void
}

export type Result = {
  readonly workload: WorkloadName
  readonly title: string
  readonly pairs: readonly Pair[]
  readonly comparisons: readonly Comparison[]
  /** Why the figures mean nothing, or why there are none; null when all is well. */
  readonly problem: string | null
}

type Arena = { load: string; baseline: Contender; candidate: Contender }

export type Report = { readonly names: { baseline: string; candidate: string }; readonly results: readonly Result[] }

/** Runs the workloads against both contenders in turn. Whatever was started is stopped, also on failure. */
export async function bench(options: BenchOptions): Promise<Report> {
  const started: Started = []
  const names = { baseline: nameOf(options.baseline, 'before'), candidate: nameOf(options.candidate, 'gateway') }
  if (options.only?.length === 0) return { names, results: [] }
  try {
    const upstream = await startOwn(started, 'upstream', 'upstream/main.ts')
    const load = await startOwn(started, 'load generator', 'load/main.ts')
    const arena: Arena = {
      load: load.origin,
      baseline: await startContender(started, names.baseline, options.baseline, upstream.origin),
      candidate: await startContender(started, names.candidate, options.candidate, upstream.origin),
    }
    return { names, results: await runAll(arena, options) }
  } finally {
    // The last one started goes first: a gateway lets go of its Redis before that goes.
    for (const each of started.toReversed()) await each.stop()
  }
}

async function runAll(arena: Arena, options: BenchOptions): Promise<Result[]> {
  const chosen = workloads(options.quick).filter(({ name }) => options.only?.includes(name) ?? true)
  options.say('warming up')
  let reachable = await warmUp(arena, chosen, options.quick ? 800 : 3_000)
  const results: Result[] = []
  for (const workload of chosen) {
    const { pace } = workload.job
    if (pace.kind === 'rate' && pace.perSecond * 1.2 > reachable) {
      const problem = `not run: the slower of the two reaches ${Math.round(reachable)} requests/s on this machine`
      results.push({ workload: workload.name, title: workload.title, pairs: [], comparisons: [], problem })
      continue
    }
    options.say(workload.title)
    const result = await runOne(arena, workload)
    results.push(result)
    if (pace.kind === 'saturation') reachable = Math.max(reachable, slower(result.pairs))
  }
  return results
}

/** Lets both get hot; gives the requests a second that the slower one answers. */
async function warmUp(arena: Arena, chosen: readonly Workload[], forMs: number): Promise<number> {
  const pace = { kind: 'saturation', inFlight: 64 } as const
  const baseline = await sampleOf(arena.load, arena.baseline, { stream: false, pace, forMs })
  const candidate = await sampleOf(arena.load, arena.candidate, { stream: false, pace, forMs })
  if (chosen.some(({ job }) => job.stream)) {
    for (const contender of [arena.baseline, arena.candidate]) {
      await sampleOf(arena.load, contender, { stream: true, pace, forMs: forMs / 2 })
    }
  }
  return slower([{ baseline, candidate }])
}

const slower = (pairs: readonly Pair[]): number => {
  const perSecond = (sample: Sample) => (sample.requests - sample.errors) / sample.seconds
  const baseline = median(pairs.map((pair) => perSecond(pair.baseline)))
  return Math.min(baseline, median(pairs.map((pair) => perSecond(pair.candidate))))
}

async function runOne(arena: Arena, workload: Workload): Promise<Result> {
  const pairs: Pair[] = []
  for (let round = 0; round < workload.rounds; round += 1) pairs.push(await runRound(arena, workload, round))
  const { name, title, measures } = workload
  const comparisons = measures.map((measure) => compare(measure, pairs)).filter((made) => made !== undefined)
  return { workload: name, title, pairs, comparisons, problem: problemIn(pairs) }
}

/** Who goes first changes from round to round, so that what one leaves behind for the other evens out. */
async function runRound({ load, baseline, candidate }: Arena, { job }: Workload, round: number): Promise<Pair> {
  if (round % 2 === 0) {
    const first = await sampleOf(load, baseline, job)
    return { baseline: first, candidate: await sampleOf(load, candidate, job) }
  }
  const first = await sampleOf(load, candidate, job)
  return { baseline: await sampleOf(load, baseline, job), candidate: first }
}

function problemIn(pairs: readonly Pair[]): string | null {
  const samples = pairs.flatMap((pair) => [pair.baseline, pair.candidate])
  const failed = samples.find((sample) => sample.errors > 0)
  return failed ? `INVALID, requests failed, the first with: ${failed.firstError}` : null
}
