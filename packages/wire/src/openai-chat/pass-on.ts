import { commentOf, framesOf } from '../event-stream/index.ts'
import type { Charged, StreamCodec, StreamOptions } from '../dialect/wire-dialect.ts'
import { doneFrame, gatherTexts, mayMatter, readEvent, withCost } from './events.ts'
import { failureFrame } from './failure.ts'

export const keepAlive: Buffer = commentOf('keepalive')

/** For those who read streams with their eyes; every client skips comments. */
export const ending = ({ costUsd }: Charged): Buffer =>
  Buffer.concat([commentOf(`x-gateway-cost-usd ${costUsd}`), doneFrame])

/** Each event ends in an empty line. */
export function outputEvents(run: Buffer): number {
  let events = 0
  for (let at = run.indexOf('\n\n'); at >= 0; at = run.indexOf('\n\n', at + 2)) events += 1
  return events
}

export function gatherRun(run: Buffer, into: Map<number, string>): void {
  for (const frame of framesOf(run)) gatherTexts(frame, into)
}

/** A stream of chat completions, passed on byte for byte but for its usage chunk and what follows the last chunk. */
export function passOn({ wantsUsage, costUsd }: StreamOptions): StreamCodec {
  return {
    mayMatter,
    outputEvents,
    gatherTexts: gatherRun,
    step(frame) {
      const event = readEvent(frame)
      switch (event.kind) {
        case 'other':
          return { out: frame }
        case 'done':
        case 'error':
          return { end: event.kind }
        case 'usage': {
          const { report } = event
          // Clients that did not ask stumble over a chunk without choices (wire.md 2.7).
          if (!wantsUsage) return { out: event.only ? undefined : frame, report, complete: true }
          const cost = costUsd(report)
          return { out: cost === undefined ? frame : withCost(event.chunk, cost), report, complete: true }
        }
      }
    },
    ending,
    errorFrame: failureFrame,
    keepAlive,
  }
}
