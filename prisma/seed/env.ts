import { parseArgs } from 'node:util'
import { peppersText, type Peppers } from '@tollkeeper/domain/key'

export type SeedOptions = {
  databaseUrl: string
  /** Where the simulated provider answers. */
  simulatorUrl: string
  /** The first hashes the demo keys; the proxies must know them too. */
  peppers: Peppers
  /** Receives logins and keys as JSON, readable by its owner alone; undefined: they are told to nobody. */
  outputFile: string | undefined
  /** The moment the history leads up to. */
  now: Date
  /** The same number gives the same people, prices and amounts. */
  seed: number
}

/**
 * Reads the environment (DATABASE_URL, KEY_PEPPERS, SIMULATOR_URL, DEMO_FILE) and the arguments `--now 2026-11-20T12:00Z`
 * and `--seed 7`. Throws one error with every problem.
 */
export function seedOptions(): SeedOptions {
  const { values } = parseArgs({ options: { now: { type: 'string' }, seed: { type: 'string' } } })
  const problems: string[] = []
  const needed = (name: string): string => {
    const value = process.env[name]
    if (!value) problems.push(`${name} is missing`)
    return value ?? ''
  }
  const databaseUrl = needed('DATABASE_URL')
  const peppers = peppersText.safeParse(needed('KEY_PEPPERS'))
  if (!peppers.success && process.env['KEY_PEPPERS']) problems.push('KEY_PEPPERS must be <version>:<base64>')
  const now = values.now === undefined ? new Date() : new Date(values.now)
  if (Number.isNaN(now.getTime())) problems.push('--now must be a moment such as 2026-11-20T12:00:00Z')
  const seed = Number(values.seed ?? 1)
  if (!Number.isSafeInteger(seed)) problems.push('--seed must be a whole number')
  if (problems.length > 0 || !peppers.success) throw new Error(`The demo cannot be made:\n  ${problems.join('\n  ')}`)
  return {
    databaseUrl,
    peppers: peppers.data,
    now,
    seed,
    simulatorUrl: (process.env['SIMULATOR_URL'] ?? 'http://localhost:9099').replace(/\/+$/, ''),
    outputFile: process.env['DEMO_FILE'],
  }
}
