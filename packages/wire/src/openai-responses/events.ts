import { dataOf, framesOf } from '../event-stream/index.ts'
import { isObject, textOr, type Fields } from '../field.ts'

/** The data of one event; undefined when it is none of this dialect. */
export function dataIn(frame: Buffer): (Fields & { type: string }) | undefined {
  const text = dataOf(frame)
  if (text === undefined) return undefined
  try {
    const data: unknown = JSON.parse(text)
    return isObject(data) && typeof data['type'] === 'string' ? (data as Fields & { type: string }) : undefined
  } catch {
    return undefined
  }
}

const deltaKey = Buffer.from('.delta"')

/** Each delta carries a token or more. Texts cannot look like the key, since their quotes are escaped. */
export function outputEvents(run: Buffer): number {
  let events = 0
  for (let at = run.indexOf(deltaKey); at >= 0; at = run.indexOf(deltaKey, at + deltaKey.length)) events += 1
  return events
}

/** Adds what a model wrote in a run: texts, refusals, calls and the reasoning that is shown. */
export function gatherRun(run: Buffer, into: Map<number, string>): void {
  for (const frame of framesOf(run)) {
    const data = dataIn(frame)
    if (!data) continue
    const item = isObject(data['item']) ? data['item'] : {}
    const text =
      data.type === 'response.output_item.added'
        ? textOr(item['name'])
        : data.type.endsWith('.delta')
          ? textOr(data['delta'])
          : ''
    if (text !== '') into.set(0, (into.get(0) ?? '') + text)
  }
}
