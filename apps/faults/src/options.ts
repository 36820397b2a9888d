import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { faults } from './faults/index.ts'

export type Options = {
  /** Ids of the faults to run, in this order. */
  only: readonly string[]
  seed: number
  /** How long a fault's load goes on. */
  seconds: number
  /** How many times the standard rate. */
  rate: number
  /** Goes on, fault after fault, until so many requests were sent. */
  requests: number | null
  /** Short answers, so that many requests fit into the time. */
  light: boolean
  /** Folder with an installed checkout of an earlier release, for those faults that need one. */
  previous: string | null
}

const usage = `Usage: npm run faults -- [--only F1,F12] [--seed <number>] [--seconds <number>] [--rate <factor>] [--previous <folder>] [--long [--requests <number>]]
--long goes on through all faults until 100,000 requests, or as many as you say, were sent.
Faults: ${faults.map(({ id }) => id).join(', ')}.`

/** @throws Error with the problem and the usage */
export function readOptions(args: readonly string[], now: Date): Options {
  const { values } = parse(args)
  const known = new Set(faults.map(({ id }) => id))
  const only = values.only?.split(',').map((id) => id.trim().toUpperCase()) ?? [...known]
  for (const id of only) if (!known.has(id)) throw new Error(`There is no fault "${id}".\n${usage}`)
  return {
    only,
    seed: numberOf(values.seed ?? String(now.getTime() % 1_000_000), 'seed'),
    seconds: numberOf(values.seconds ?? (values.long ? '50' : '20'), 'seconds'),
    rate: numberOf(values.rate ?? (values.long ? '3' : '1'), 'rate'),
    requests: values.long ? numberOf(values.requests ?? '100000', 'requests') : null,
    light: values.long,
    previous: values.previous === undefined ? null : folderOf(values.previous),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        seed: { type: 'string' },
        previous: { type: 'string' },
        seconds: { type: 'string' },
        rate: { type: 'string' },
        requests: { type: 'string' },
        long: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error })
  }
}

function folderOf(path: string): string {
  const folder = resolve(path)
  if (existsSync(join(folder, 'apps/proxy/src/main.ts')) && existsSync(join(folder, 'apps/proxy/node_modules')))
    return folder
  throw new Error(
    `--previous must be a checkout of an earlier release in which \`npm start\` or \`npm test\` has run: ${folder} is none.\n${usage}`,
  )
}

function numberOf(text: string, name: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new Error(`--${name} must be a number above 0.\n${usage}`)
}
