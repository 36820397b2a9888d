import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chanceOf } from './chance.ts'
import type { Fault } from './faults/fault.ts'
import { startPlant, type Plant } from './plant/plant.ts'
import { linesOf, passed } from './report.ts'
import { runFault, type RunResult } from './run.ts'

export type LabOptions = {
  faults: readonly Fault[]
  seed: number
  seconds: number
  rate: number
  /** Goes through all faults, and then again until so many requests were sent; null: once. */
  requests: number | null
  light?: boolean
  /** Folder with an installed checkout of an earlier release; null: there is none. */
  previous?: string | null
  say: (line: string) => void
}

/**
 * Runs faults one after the other, each on a plant of its own, so that none inherits what another left behind. Everything
 * that was started is stopped, also when a run fails or `over` is aborted.
 */
export async function runLab(options: LabOptions, over: AbortSignal): Promise<RunResult[]> {
  const runs: RunResult[] = []
  const begunMs = performance.now()
  const sent = () => runs.reduce((sum, run) => sum + run.requests, 0)
  for (let round = 0; round === 0 || (options.requests !== null && sent() < options.requests); round += 1) {
    for (const fault of options.faults) {
      if (over.aborted) return runs
      const reason = reasonNot(fault, options)
      if (reason !== null) options.say(`  not run ${fault.id.padEnd(4)} ${fault.title}: ${reason}`)
      else runs.push(await runOne(fault, options, options.seed + 1_000 * round, over))
      if (options.requests === null) continue
      options.say(progressLine(sent(), options.requests, performance.now() - begunMs))
      if (round > 0 && sent() >= options.requests) break
    }
  }
  return runs
}

function reasonNot({ needsPrevious, cannotRun }: Fault, { previous }: LabOptions): string | null {
  if (needsPrevious && !previous) return 'it needs an installed checkout of an earlier release: --previous <folder>'
  return cannotRun?.(new Date()) ?? null
}

function progressLine(sent: number, wanted: number, ms: number): string {
  const perSecond = (1_000 * sent) / ms
  const left = perSecond === 0 ? '?' : Math.ceil(Math.max(0, wanted - sent) / perSecond / 60)
  return `  ${sent} of ${wanted} requests, ${Math.round(perSecond)} a second, ${left} min to go`
}

async function runOne(fault: Fault, options: LabOptions, seed: number, over: AbortSignal): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  // Postgres runs under another account.
  chmodSync(folder, 0o711)
  let plant: Plant | undefined
  const tidyUp = () => void plant?.stop()
  over.addEventListener('abort', tidyUp)
  try {
    const chance = chanceOf(seed + Number(fault.id.slice(1)))
    plant = await startPlant(folder, chance, {
      ...fault.wish,
      ...(fault.needsPrevious && options.previous && { release: options.previous }),
    })
    const run = await runFault(plant, fault, chance, { light: false, ...options, seed })
    options.say(linesOf(run))
    if (!passed(run)) for (const machine of plant.machines()) options.say(tailOf(machine.name, machine.output()))
    return run
  } finally {
    over.removeEventListener('abort', tidyUp)
    await plant?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

const tailOf = (name: string, output: string): string =>
  `       last of ${name}:\n${output
    .trim()
    .split('\n')
    .slice(-6)
    .map((line) => `         ${line.slice(0, 400)}`)
    .join('\n')}`
