import { commentOf, dataOf, eventFrameOf, framesOf } from '../event-stream/index.ts'
import type { Charged, StreamCodec } from '../dialect/wire-dialect.ts'
import { isGiven, isObject, type Fields } from '../field.ts'
import { failureFrame } from './failure.ts'
import { mergeUsage, readUsage } from './usage.ts'

export const keepAlive: Buffer = eventFrameOf('ping', '{"type":"ping"}')

const stopFrame = eventFrameOf('message_stop', '{"type":"message_stop"}')

/** The end of a complete stream, after a comment for those who read streams with their eyes. */
export const ending = ({ costUsd }: Charged): Buffer =>
  Buffer.concat([commentOf(`x-gateway-cost-usd ${costUsd}`), stopFrame])

const messageKey = Buffer.from('"message_')
const errorKey = Buffer.from('"error"')
const deltaKey = Buffer.from('"content_block_delta"')
const signatureKey = Buffer.from('"signature_delta"')

/** Looks at bytes only: the texts of a model cannot look like a key, since their quotes are escaped. */
const mayMatter = (run: Buffer): boolean => run.includes(messageKey) || run.includes(errorKey)

function occurrences(run: Buffer, key: Buffer): number {
  let found = 0
  for (let at = run.indexOf(key); at >= 0; at = run.indexOf(key, at + key.length)) found += 1
  return found
}

/** Signatures are no output. */
export const outputEvents = (run: Buffer): number => occurrences(run, deltaKey) - occurrences(run, signatureKey)

/** The parsed data of one event; undefined for what is none. */
export function dataIn(frame: Buffer): Fields | undefined {
  const data = dataOf(frame)
  if (data === undefined) return undefined
  try {
    const value: unknown = JSON.parse(data)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Adds what the model wrote in a run of events. There is one choice. */
export function gatherRun(run: Buffer, into: Map<number, string>): void {
  let text = into.get(0) ?? ''
  for (const frame of framesOf(run)) {
    const data = dataIn(frame)
    const part = data?.['delta'] ?? data?.['content_block']
    if (!isObject(part)) continue
    for (const name of ['text', 'thinking', 'partial_json', 'name']) {
      const written = part[name]
      if (typeof written === 'string') text += written
    }
  }
  if (text !== '') into.set(0, text)
}

/** Keeps the usage that a stream tells in two places together. */
export class StreamUsage {
  #told: Fields = {}

  /** Takes a `message_start` or `message_delta`; undefined when it tells nothing. */
  take(data: Fields): ReturnType<typeof readUsage> | undefined {
    const message = data['message']
    const usage = isObject(message) ? message['usage'] : data['usage']
    if (!isObject(usage)) return undefined
    this.#told = mergeUsage(this.#told, usage)
    return readUsage(this.#told)
  }
}

/** Whether a `message_delta` says why the model stopped: then nothing but the end follows. */
export const stopsIn = (data: Fields): boolean => isObject(data['delta']) && isGiven(data['delta']['stop_reason'])

/** A stream of messages, passed on byte for byte but for the cost before its end. */
export function passOn(): StreamCodec {
  const usage = new StreamUsage()
  return {
    mayMatter,
    outputEvents,
    gatherTexts: gatherRun,
    step(frame) {
      const data = dataIn(frame)
      switch (data?.['type']) {
        case 'error':
          return { end: 'error' }
        case 'message_stop':
          return { end: 'done' }
        case 'message_start':
        case 'message_delta': {
          const report = usage.take(data)
          return { out: frame, ...(report && { report }), complete: stopsIn(data) }
        }
        default:
          return { out: frame }
      }
    },
    ending,
    errorFrame: failureFrame,
    keepAlive,
  }
}
