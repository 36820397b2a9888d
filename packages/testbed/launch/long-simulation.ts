import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { root } from './env.ts'
import { say } from './progress.mjs'

const script = 'apps/proxy/test/simulation/run-seeds.ts'
const line = z.object({ seeds: z.number(), attempts: z.number(), refusals: z.number() })
type Sums = z.output<typeof line>

/** How often it is told how far the run is, in milliseconds. */
const tellEveryMs = 15_000

/** Simulates so many seeds on all cores, and says now and then when that will end. False when an invariant broke. */
export async function simulateSeeds(seeds: number): Promise<boolean> {
  const begunMs = performance.now()
  const cores = Math.min(availableParallelism(), seeds)
  const parts: Sums[] = Array.from({ length: cores }, () => ({ seeds: 0, attempts: 0, refusals: 0 }))
  const total = (field: keyof Sums) => parts.reduce((sum, part) => sum + part[field], 0)
  const tell = setInterval(() => {
    const perSecond = (1_000 * total('seeds')) / (performance.now() - begunMs)
    const left = perSecond === 0 ? '?' : `${Math.ceil((seeds - total('seeds')) / perSecond / 60)} min`
    say(`simulation: ${total('seeds')} of ${seeds} seeds, ${Math.round(perSecond)} a second, ${left} to go`)
  }, tellEveryMs)
  const each = Math.ceil(seeds / cores)
  const codes = await Promise.all(
    parts.map((_, at) =>
      simulatePart(1 + at * each, Math.min(each, seeds - at * each), (sums) => {
        parts[at] = sums
      }),
    ),
  ).finally(() => clearInterval(tell))
  const whole = codes.every((code) => code === 0)
  const seconds = Math.round((performance.now() - begunMs) / 1_000)
  const end = whole ? '0 broken' : 'an invariant broke, or it was ended'
  say(
    `simulation: ${total('seeds')} seeds, ${total('attempts')} attempts, ${total('refusals')} refusals, ${end}, ${seconds} s`,
  )
  return whole
}

/** One process of those that share the seeds; gives its exit code. Ctrl-C reaches it as well. */
function simulatePart(first: number, count: number, hear: (sums: Sums) => void): Promise<number | null> {
  const args = [join(root, script), '--first', String(first), '--count', String(count)]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: child.stdout }).on('line', (text) => hear(line.parse(JSON.parse(text))))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
}
