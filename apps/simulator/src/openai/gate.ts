import type { IncomingMessage } from 'node:http'
import type { Simulation } from '../simulation.ts'
import { keyOf } from './chat-call.ts'
import { type OpenAiFailure, invalidKey, scripted } from './failure.ts'

/** What refuses every request of the API, whatever it asks: an outage, or a key that is not ours. */
export function gateRefusal({ behaviour }: Simulation, request: IncomingMessage): OpenAiFailure | undefined {
  if (behaviour.outage) return scripted(503, behaviour.retryAfterSeconds)
  if (behaviour.requiredKey === null) return undefined
  const key = keyOf(request)
  return key === behaviour.requiredKey ? undefined : invalidKey(key)
}
