import type { StreamCodec } from '../dialect/wire-dialect.ts'
import { commentOf } from '../event-stream/index.ts'
import { isObject, type Fields } from '../field.ts'
import { dataIn, gatherRun, outputEvents } from './events.ts'
import { eventOf, failedFrame, type Begun } from './failed.ts'
import { readUsage } from './usage.ts'

export const keepAlive: Buffer = commentOf('keepalive')

/** Every event with one of these must be read. */
const keys = ['response.created', 'response.completed', 'response.incomplete', 'response.failed', '"error"'].map(
  (key) => Buffer.from(key),
)

/**
 * A stream of responses, passed on byte for byte but for its last event: that waits for the settlement, and tells the
 * cost.
 */
export function passOn(): StreamCodec {
  const begun: Begun = { events: 0, response: { object: 'response', output: [] } }
  let last: (Fields & { type: string }) | undefined
  return {
    mayMatter: (run) => keys.some((key) => run.includes(key)),
    outputEvents(run) {
      for (let at = run.indexOf('\n\n'); at >= 0; at = run.indexOf('\n\n', at + 2)) begun.events += 1
      return outputEvents(run)
    },
    gatherTexts: gatherRun,
    step(frame) {
      const data = dataIn(frame)
      switch (data?.type) {
        case 'response.created':
          if (isObject(data['response'])) begun.response = data['response']
          return { out: frame }
        case 'response.completed':
        case 'response.incomplete': {
          last = data
          const usage = isObject(data['response']) ? data['response']['usage'] : undefined
          return { report: readUsage(usage), complete: true, end: 'done' }
        }
        case 'response.failed':
        case 'error':
          // It was counted already, and another takes its place.
          begun.events -= 1
          return { end: 'error' }
        default:
          return { out: frame }
      }
    },
    ending({ costUsd }) {
      if (!last) return commentOf(`x-gateway-cost-usd ${costUsd}`)
      const { type, sequence_number: number, response, ...rest } = last
      const told = isObject(response) ? { ...response, usage: withCost(response['usage'], costUsd) } : response
      return eventOf(type, typeof number === 'number' ? number : begun.events, { response: told, ...rest })
    },
    errorFrame: (failure) => failedFrame(failure, begun),
    keepAlive,
  }
}

const withCost = (usage: unknown, cost: string): unknown => (isObject(usage) ? { ...usage, cost } : usage)
