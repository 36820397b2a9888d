import pino from 'pino'
import { logLevel } from '#env.ts'

let logger: pino.Logger | undefined

/** One JSON object a line on stdout. Give fields, never whole requests, headers or inputs: those hold secrets. */
export function log(): pino.Logger {
  logger ??= pino({ level: logLevel(), base: { app: 'console' } })
  return logger
}
