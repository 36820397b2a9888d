import { expect, it } from 'vitest'
import { faults } from '../src/faults/index.ts'
import { runLab } from '../src/lab.ts'
import { linesOf, passed, publishedLine } from '../src/report.ts'

// Few and short, on the cores that everything else has too: the whole programme is `npm run faults`.
const chosen = ['F1', 'F7', 'F11', 'F12', 'F33']

it.each(chosen)(
  '%s: nothing is lost, doubled, overspent or refused for nothing',
  async (id) => {
    const options = { seed: 1, seconds: 8, rate: 0.5, requests: null, say: () => {} }
    const runs = await runLab(
      { ...options, faults: faults.filter((fault) => fault.id === id) },
      new AbortController().signal,
    )
    expect(runs.map((run) => (passed(run) ? 'passed' : linesOf(run)))).toEqual(['passed'])
    expect(publishedLine(runs)).toMatch(
      /^Across 1 seeded fault runs: requests [1-9]\d*, lost records 0, double records 0, overspend 0 nano-USD, phantom refusals 0, largest recovery \d+\.\d s\.$/,
    )
  },
  300_000,
)
