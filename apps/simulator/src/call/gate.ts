import type { IncomingMessage } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { Fault } from '../fault.ts'
import type { Simulation } from '../simulation.ts'
import type { Dialect } from './dialect.ts'

/** What refuses every request of the API, whatever it asks: an outage, or a key that is not ours. */
export function gateFault({ behaviour }: Simulation, dialect: Dialect, request: IncomingMessage): Fault | undefined {
  if (behaviour.outage) return { kind: 'scripted', status: 503, retryAfter: retryAfterOf(behaviour) }
  if (behaviour.requiredKey !== null) {
    const key = dialect.keyOf(request)
    if (key !== behaviour.requiredKey) return { kind: 'key', key }
  }
  return dialect.headerFault?.(request)
}

/** The value of `retry-after` of the moment. */
export const retryAfterOf = ({ retryAfterSeconds }: Simulation['behaviour']): string | null =>
  retryAfterSeconds === null ? null : String(retryAfterSeconds)

/** A fresh id of a request. */
export const newRequestId = (): string => `req_${randomUUID().replaceAll('-', '')}`
