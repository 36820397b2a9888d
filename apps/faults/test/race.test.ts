import { expect, it } from 'vitest'
import { rebuildRaced } from '../src/faults/race-rebuild.ts'
import { runLab } from '../src/lab.ts'
import { linesOf, passed } from '../src/report.ts'
import { raceTimes } from './env.ts'

it(
  '(h) rebuild, holds and the replay of a journal meet: nothing is lost, doubled, overspent or refused for nothing',
  async () => {
    const options = { seed: 1, seconds: 8, rate: 0.5, requests: null, say: () => {} }
    const runs = await runLab({ ...options, faults: [rebuildRaced(raceTimes)] }, new AbortController().signal)
    expect(runs.map((run) => (passed(run) ? 'passed' : linesOf(run)))).toEqual(['passed'])
  },
  120_000 + 30_000 * raceTimes,
)
