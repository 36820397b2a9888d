import { expect, it } from 'vitest'
import { simulate } from './simulation.ts'
import { simulationEnv } from './env.ts'

const { SIM_SEEDS: seeds, SIM_FIRST_SEED: first } = simulationEnv()

it(`holds every invariant over ${seeds} seeded histories of proxies, a store and a worker that fail`, async () => {
  const sums = { attempts: 0, refusals: 0 }
  for (let seed = first; seed < first + seeds; seed += 1) {
    const { attempts, refusals, broken } = await simulate(seed)
    sums.attempts += attempts
    sums.refusals += refusals
    // To see it again: SIM_FIRST_SEED=<seed> SIM_SEEDS=1
    expect({ seed, broken }).toEqual({ seed, broken: [] })
  }
  process.stdout.write(`simulation: ${seeds} seeds, ${sums.attempts} attempts, ${sums.refusals} refusals, 0 broken\n`)
  expect(sums.attempts).toBeGreaterThan(seeds)
}, 3_600_000)

it('does the same again for the same seed', async () => {
  expect(await simulate(7)).toEqual(await simulate(7))
})
