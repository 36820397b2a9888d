import { compose } from './compose.ts'
import { readEnv } from './env.ts'

async function main(): Promise<void> {
  const worker = await compose(readEnv())
  process.stdout.write(`${JSON.stringify({ listening: worker.url })}\n`)
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    worker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
