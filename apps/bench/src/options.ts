import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ContenderChoice } from './contenders/contender.ts'
import { workloadNames, type WorkloadName } from './workloads.ts'

/** The workloads that compare two contenders, and what is measured by itself: the ledger's Redis, the worker, prompts. */
const names = [...workloadNames, 'engine', 'drain', 'prepare'] as const
type Name = (typeof names)[number]

export type Options = {
  readonly quick: boolean
  readonly only: readonly WorkloadName[]
  /** Whether the ledger's Redis is measured by itself. */
  readonly engine: boolean
  /** Whether the worker is, on its way into Postgres. */
  readonly drain: boolean
  /** Whether the canonical form and the hashes of prompts are. */
  readonly prepare: boolean
  readonly baseline: ContenderChoice
  readonly candidate: ContenderChoice
  /** File for the results as JSON. */
  readonly json: string | undefined
}

const usage = `Usage: npm run bench -- [--quick] [--only <workload>]… [--json <file>]
                        [--baseline <contender>] [--candidate <contender>]
A workload is one of ${names.join(', ')}.
A contender is "bare", or the folder of a checkout of this repository: its gateway.`

/** @throws Error with the problem and the usage */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  const here = fileURLToPath(new URL('../../..', import.meta.url))
  const chosen = values.only.length === 0 ? names : values.only.map(workloadNamed)
  return {
    quick: values.quick,
    only: workloadNames.filter((name) => chosen.includes(name)),
    engine: chosen.includes('engine'),
    drain: chosen.includes('drain'),
    prepare: chosen.includes('prepare'),
    baseline: choiceOf(values.baseline),
    candidate: choiceOf(values.candidate ?? here),
    json: values.json,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        baseline: { type: 'string', default: 'bare' },
        candidate: { type: 'string' },
        json: { type: 'string' },
      },
    })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error })
  }
}

function workloadNamed(name: string): Name {
  const found = names.find((known) => known === name)
  if (found === undefined) throw new Error(`There is no workload "${name}".\n${usage}`)
  return found
}

const choiceOf = (text: string): ContenderChoice =>
  text === 'bare' ? { kind: 'bare' } : { kind: 'gateway', checkout: resolve(text) }
