import type { RunResult } from './run.ts'

/** Whether a run is all green. */
export const passed = (run: RunResult): boolean =>
  run.problem === null && run.findings.every(({ bad }) => bad === 0) && run.conditions.every(({ holds }) => holds)

const bad = (runs: readonly RunResult[], check: string): number =>
  runs.reduce((sum, run) => sum + (run.findings.find((each) => each.check === check)?.bad ?? 0), 0)

/** One run: its line, its conditions, and examples of what is wrong. */
export function linesOf(run: RunResult): string {
  const { id, title, requests, ok, fail, unknown, findings, conditions, problem, recoveryS } = run
  const counts = `${requests} requests: ${ok} ok, ${fail} refused, ${unknown} unknown; recovery ${recoveryS.toFixed(1)} s`
  const wrong = findings
    .filter((each) => each.bad > 0)
    .flatMap(({ check, bad: times, examples }) => [
      `       ${check}: ${times}`,
      ...examples.map((each) => `         ${each}`),
    ])
  return [
    `  ${passed(run) ? 'ok    ' : 'FAILED'}  ${id.padEnd(4)} ${title}`,
    `       ${counts}`,
    ...conditions.map(({ name, holds, told }) => `       ${holds ? '✓' : '✗'} ${name}: ${told}`),
    ...wrong,
    ...(problem === null ? [] : [`       ${problem}`]),
  ].join('\n')
}

/** The line to publish. */
export function publishedLine(runs: readonly RunResult[]): string {
  const requests = runs.reduce((sum, run) => sum + run.requests, 0)
  const overspent = runs.reduce((most, run) => (run.overspent > most ? run.overspent : most), 0n)
  const recovery = Math.max(0, ...runs.map((run) => run.recoveryS))
  return (
    `Across ${runs.length} seeded fault runs: requests ${requests}, lost records ${bad(runs, 'lost records')}, ` +
    `double records ${bad(runs, 'double records')}, overspend ${overspent} nano-USD, ` +
    `phantom refusals ${bad(runs, 'phantom refusals')}, largest recovery ${recovery.toFixed(1)} s.`
  )
}
