import { parseArgs } from 'node:util'
import { simulate } from './simulation.ts'

/** How often it says how far it is, in milliseconds. */
const everyMs = 1_000

/**
 * Simulates the seeds from `--first` on, `--count` of them, as one of several processes that share a long run. Says how
 * far it is in lines of JSON. Ends with 1 at the first history that breaks an invariant.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { first: { type: 'string' }, count: { type: 'string' } } })
  const [first, count] = [Number(values.first), Number(values.count)]
  const sums = { seeds: 0, attempts: 0, refusals: 0 }
  const say = () => void process.stdout.write(`${JSON.stringify(sums)}\n`)
  let saidMs = performance.now()
  for (let seed = first; seed < first + count; seed += 1) {
    const { attempts, refusals, broken } = await simulate(seed)
    if (broken.length > 0) {
      process.stderr.write(`seed ${seed}: ${broken.join('; ')}\nTo see it again: SIM_FIRST_SEED=${seed} SIM_SEEDS=1\n`)
      return 1
    }
    sums.seeds += 1
    sums.attempts += attempts
    sums.refusals += refusals
    if (performance.now() - saidMs < everyMs) continue
    saidMs = performance.now()
    say()
  }
  say()
  return 0
}

process.exitCode = await main()
