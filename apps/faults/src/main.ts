import { faults } from './faults/index.ts'
import { runLab } from './lab.ts'
import { readOptions } from './options.ts'
import { passed, publishedLine } from './report.ts'

const over = new AbortController()
// The run that goes on comes to its end without its plant; nothing that was started outlives it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => over.abort())

try {
  const { only, ...options } = readOptions(process.argv.slice(2), new Date())
  const chosen = only.flatMap((id) => faults.filter((fault) => fault.id === id))
  process.stdout.write(`${chosen.length} faults, seed ${options.seed}\n\n`)
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  const runs = await runLab({ ...options, faults: chosen, say }, over.signal)
  process.stdout.write(`\n${publishedLine(runs)}\n`)
  process.exit(runs.length > 0 && runs.every(passed) && !over.signal.aborted ? 0 : 1)
} catch (error) {
  if (over.signal.aborted) process.exit(130)
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
