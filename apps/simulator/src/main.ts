import { pino } from 'pino'
import { readEnv } from './env.ts'
import { startSimulator } from './simulator.ts'

const graceMs = 10_000

try {
  const env = readEnv()
  // Standard output has the one line that tells where we listen; the log goes to standard error.
  const log = pino({ level: env.SIMULATOR_LOG_LEVEL, base: { process: 'simulator' } }, pino.destination(2))
  const simulator = await startSimulator({
    port: env.SIMULATOR_PORT,
    host: env.SIMULATOR_HOST,
    recordFile: env.SIMULATOR_RECORD_FILE,
    ttftMs: env.SIMULATOR_TTFT_MS,
    tokensPerSecond: env.SIMULATOR_TOKENS_PER_SECOND,
    log,
  })
  process.stdout.write(`${JSON.stringify({ listening: simulator.url })}\n`)

  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping')
    void simulator.stop({ graceMs }).then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
