import { writeFileSync } from 'node:fs'
import { bench } from './bench.ts'
import { readOptions } from './options.ts'
import { machineLine, reportText } from './report.ts'

// A signal ends the process, and with it everything that was started: none of it outlives the bench.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

try {
  const { json, ...options } = readOptions(process.argv.slice(2))
  const machine = machineLine()
  const report = await bench({ ...options, say: (line) => process.stderr.write(`… ${line}\n`) })
  process.stdout.write(`\n${machine}\n\n${reportText(report)}\n`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, ...report }, null, 2)}\n`)
  if (report.results.some((result) => result.problem?.startsWith('INVALID'))) process.exitCode = 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
