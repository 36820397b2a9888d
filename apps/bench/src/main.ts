import { writeFileSync } from 'node:fs'
import { bench } from './bench.ts'
import { measureDrain } from './drain/measure-drain.ts'
import { measureEngine } from './engine/measure-engine.ts'
import { readOptions } from './options.ts'
import { measurePrepare } from './prepare/measure-prepare.ts'
import { drainText, engineText, machineLine, prepareText, reportText } from './report.ts'

// A signal ends the process, and with it everything that was started: none of it outlives the bench.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

try {
  const {
    json,
    engine: withEngine,
    drain: withDrain,
    prepare: withPrepare,
    ...options
  } = readOptions(process.argv.slice(2))
  const machine = machineLine()
  const say = (line: string) => process.stderr.write(`… ${line}\n`)
  if (withEngine) say('holds and settlements on one Redis')
  const engine = withEngine ? await measureEngine(options.quick) : null
  if (withDrain) say('a worker that drains into Postgres')
  const drain = withDrain ? await measureDrain(options.quick) : null
  const prepare = withPrepare ? measurePrepare(options.quick) : null
  const report = await bench({ ...options, say })
  const texts = [
    machine,
    ...(report.results.length > 0 ? [reportText(report)] : []),
    ...(engine ? [engineText(engine)] : []),
    ...(drain ? [drainText(drain)] : []),
    ...(prepare ? [prepareText(prepare)] : []),
  ]
  process.stdout.write(`\n${texts.join('\n\n')}\n`)
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ machine, ...report, engine, drain, prepare }, null, 2)}\n`)
  if (report.results.some((result) => result.problem?.startsWith('INVALID'))) process.exitCode = 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
