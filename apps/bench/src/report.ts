import { availableParallelism, cpus, loadavg } from 'node:os'
import type { Report, Result } from './bench.ts'
import type { DrainResult } from './drain/measure-drain.ts'
import type { EngineResult } from './engine/measure-engine.ts'
import type { Comparison, Goal } from './measure/comparison.ts'
import { median } from './measure/numbers.ts'
import type { PrepareResult } from './prepare/measure-prepare.ts'

/** The machine and what else it does, in one line. */
export function machineLine(): string {
  const model = cpus()[0]?.model ?? 'unknown CPU'
  const [load = 0] = loadavg()
  return `Node ${process.version}, ${availableParallelism()} cores (${model}), load before the run ${load.toFixed(1)}`
}

/** The results as the table that `npm run bench` prints. */
export function reportText({ results, names }: Report): string {
  const head = ['', names.baseline, names.candidate, 'median', '(min … max)', 'goal']
  const lines = results.flatMap((result) => [[], [result.title], ...resultLines(result)])
  return layOut([head, ...lines])
}

/** What the ledger's Redis does by itself. An absolute figure: the machine it was measured on is part of it. */
export function engineText({ perSecond, rounds, goal }: EngineResult): string {
  const figure = (value: number) => `${Math.round(value)}/s`
  const spread = `(${figure(perSecond.min)} … ${figure(perSecond.max)}, ${rounds} rounds)`
  const pairs = `${figure(perSecond.median / 2)} attempts held and settled`
  const verdict = `goal ≥ ${figure(goal)} ${perSecond.median >= goal ? 'reached' : 'missed'}`
  return [
    'holds and settlements on one Redis, six budgets, every write on the disk first',
    `  hold + settle  ${figure(perSecond.median)}  ${spread}  ${verdict}; ${pairs}`,
  ].join('\n')
}

/** How fast one worker records. Absolute too. */
export function drainText({ perSecond, rounds, events, goal }: DrainResult): string {
  const figure = (value: number) => `${Math.round(value)}/s`
  const spread = `(${figure(perSecond.min)} … ${figure(perSecond.max)}, ${rounds} rounds of ${events})`
  const verdict = `goal ≥ ${figure(goal)} ${perSecond.median >= goal ? 'reached' : 'missed'}`
  return [
    'one worker from the usage streams into Postgres, with hash chain and hourly sums',
    `  charges recorded  ${figure(perSecond.median)}  ${spread}  ${verdict}`,
  ].join('\n')
}

/** What a request waits for while its prompt is brought into canonical form and hashed. Absolute too. */
export function prepareText(results: readonly PrepareResult[]): string {
  const lines = results.map(({ bytes, p50Ms, p99Ms, times, goalMs }) => {
    const verdict = `goal ≤ ${goalMs} ms ${p99Ms <= goalMs ? 'reached' : 'missed'}`
    return `  ${bytes / 1_024} kB  p50 ${p50Ms.toFixed(3)} ms  p99 ${p99Ms.toFixed(3)} ms  ${times} bodies  ${verdict}`
  })
  return [`canonical form and hashes of a prompt with ${results[0]?.tools ?? 0} tools`, ...lines].join('\n')
}

function resultLines(result: Result): string[][] {
  const problem = result.problem === null ? [] : [[`  ${result.problem}`]]
  const figures = result.problem?.startsWith('INVALID') ? [] : result.comparisons.map(comparisonLine)
  if (result.pairs.length === 0) return problem
  const total = (side: 'baseline' | 'candidate', what: 'requests' | 'errors') =>
    String(result.pairs.reduce((sum, pair) => sum + pair[side][what], 0))
  return [
    ...problem,
    ...figures,
    ...latenessLine(result),
    ['  requests', total('baseline', 'requests'), total('candidate', 'requests'), `${result.pairs.length} rounds`],
    ['  errors', total('baseline', 'errors'), total('candidate', 'errors')],
  ]
}

/** How late the load generator itself was: if it is much, the latencies are those of a machine that is busy otherwise. */
function latenessLine({ pairs }: Result): string[][] {
  const late = (side: 'baseline' | 'candidate') => median(pairs.map((pair) => pair[side].latenessMs.p99))
  const [baseline, candidate] = [late('baseline'), late('candidate')]
  if (baseline === 0 && candidate === 0) return []
  return [['  sent late, p99', `${baseline.toFixed(3)} ms`, `${candidate.toFixed(3)} ms`]]
}

function comparisonLine({ title, unit, baseline, candidate, as, spread, goal, reached }: Comparison): string[] {
  const figure = (value: number) => (unit === '/s' ? `${Math.round(value)}/s` : `${value.toFixed(3)} ms`)
  const compared = (value: number) =>
    as === 'ratio' ? `${value.toFixed(2)} ×` : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)} ms`
  return [
    `  ${title}`,
    figure(baseline),
    figure(candidate),
    compared(spread.median),
    `(${compared(spread.min)} … ${compared(spread.max)})`,
    `${goalText(goal, compared)} ${reached ? 'reached' : 'missed'}`,
  ]
}

const goalText = (goal: Goal, compared: (value: number) => string): string =>
  'atLeast' in goal ? `≥ ${compared(goal.atLeast)}` : `≤ ${compared(goal.atMost)}`

/** Columns as wide as their widest cell, except that a line of one cell may run on. */
function layOut(lines: readonly (readonly string[])[]): string {
  const rows = lines.filter((line) => line.length > 1)
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? '').length))
  const widths = Array.from({ length: 6 }, (_, column) => width(column))
  const padded = (line: readonly string[]) =>
    line.map((cell, at) => (at === 0 || at === 5 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
  return lines.map((line) => (line.length > 1 ? padded(line).join('  ').trimEnd() : (line[0] ?? ''))).join('\n')
}
