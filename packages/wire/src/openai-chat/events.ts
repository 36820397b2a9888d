import type { UsageReport } from '@tollkeeper/domain/chat'
import { dataOf, frameOf } from '../event-stream/index.ts'
import { textsOf } from './answer.ts'
import { isObject } from '../field.ts'
import { readUsage } from './usage.ts'

/** The event that says a stream is complete. */
export const doneFrame: Buffer = frameOf('[DONE]')

const usageKey = Buffer.from('"usage"')
const errorKey = Buffer.from('{"error"')
const doneData = Buffer.from('[DONE]')

/**
 * Whether a run of events may hold one that must be read: a usage report, an error, the end. Looks at bytes only and
 * is right about "no"; the texts of a model cannot look like a key, since their quotes are escaped.
 */
export function mayMatter(run: Buffer): boolean {
  return run.includes(doneData) || run.includes(errorKey) || hasUsage(run)
}

// Chunks before the last carry `"usage":null`, and parsing each of them would cost as much as all the rest.
function hasUsage(run: Buffer): boolean {
  for (let at = run.indexOf(usageKey); at >= 0; at = run.indexOf(usageKey, at)) {
    at += usageKey.length
    let next = at
    while (run[next] === 0x20 || run[next] === 0x3a) next += 1
    if (run[next] === 0x7b) return true
  }
  return false
}

/** One event of a stream, as far as the gateway is concerned. */
export type ChatEvent =
  | { kind: 'done' }
  | { kind: 'error' }
  /** `only`: it carries no choice, so a client that did not ask for usage never sees it. */
  | { kind: 'usage'; report: UsageReport; only: boolean; chunk: Readonly<Record<string, unknown>> }
  | { kind: 'other' }

/** Reads one event. Anything that is not understood is 'other' and passes on. */
export function readEvent(frame: Buffer): ChatEvent {
  const data = dataOf(frame)
  if (data === undefined) return { kind: 'other' }
  if (data.trim() === '[DONE]') return { kind: 'done' }
  const chunk = parsed(data)
  if (!isObject(chunk)) return { kind: 'other' }
  if (isObject(chunk['error']) || typeof chunk['error'] === 'string') return { kind: 'error' }
  if (!isObject(chunk['usage'])) return { kind: 'other' }
  const choices = chunk['choices']
  const only = !Array.isArray(choices) || choices.length === 0
  return { kind: 'usage', report: readUsage(chunk['usage']), only, chunk }
}

/** The event again, with what the request cost in its usage. `costUsd` is decimal text. */
export function withCost(chunk: Readonly<Record<string, unknown>>, costUsd: string): Buffer {
  const usage = isObject(chunk['usage']) ? chunk['usage'] : {}
  return frameOf(JSON.stringify({ ...chunk, usage: { ...usage, cost: costUsd } }))
}

/** Adds the texts of one event's deltas to `into`, by the index of the choice. */
export function gatherTexts(frame: Buffer, into: Map<number, string>): void {
  const data = dataOf(frame)
  const chunk = data === undefined ? undefined : parsed(data)
  if (!isObject(chunk) || !Array.isArray(chunk['choices'])) return
  for (const choice of chunk['choices'] as unknown[]) {
    if (!isObject(choice)) continue
    const index = typeof choice['index'] === 'number' ? choice['index'] : 0
    const text = textsOf(choice['delta']).join('')
    if (text !== '') into.set(index, (into.get(index) ?? '') + text)
  }
}

/** JSON of a provider; undefined when it is none. */
export function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
