import { loadEncoding } from '@tollkeeper/providers'
import type { AddressInfo } from 'node:net'
import { compose } from './compose.ts'
import { readEnv } from './env.ts'
import { makeLogger } from './observe/logger.ts'

/** How long it takes at most after a second signal. */
const hurriedMs = 10_000

try {
  const env = readEnv()
  const log = makeLogger(env.LOG_LEVEL)
  const proxy = compose(env, log)
  // Loading it later would stop every request for a third of a second.
  await Promise.all([proxy.start(), loadEncoding('o200k_base')])
  await proxy.server.listen({ host: env.PROXY_HOST, port: env.PROXY_PORT })
  const { port } = proxy.server.server.address() as AddressInfo
  // Whatever the log level: who starts us waits for this line.
  process.stdout.write(`${JSON.stringify({ listening: `http://${env.PROXY_HOST}:${port}` })}\n`)

  let stopping: Promise<void> | undefined
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      proxy.hurry()
      setTimeout(() => process.exit(1), hurriedMs).unref()
      return
    }
    log.info({ signal }, 'stopping')
    stopping = proxy.stop({ listenMs: env.SHUTDOWN_LISTEN_MS, graceMs: env.SHUTDOWN_GRACE_MS }).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopped badly')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
