/** Splits a run of complete events into single ones, each with the empty line that ends it. */
export function framesOf(run: Buffer): Buffer[] {
  const frames: Buffer[] = []
  let start = 0
  let line = 0
  for (let feed = run.indexOf(0x0a); feed >= 0; feed = run.indexOf(0x0a, line)) {
    const length = feed - line
    const empty = length === 0 || (length === 1 && run[line] === 0x0d)
    line = feed + 1
    if (!empty) continue
    frames.push(run.subarray(start, line))
    start = line
  }
  if (start < run.length) frames.push(run.subarray(start))
  return frames
}

/** The data of one event, its lines joined; undefined for a comment or an event without data. */
export function dataOf(frame: Buffer): string | undefined {
  const text = frame.toString('utf8')
  let data: string | undefined
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith('data:')) continue
    const value = line.startsWith('data: ') ? line.slice(6) : line.slice(5)
    data = data === undefined ? value : `${data}\n${value}`
  }
  return data
}

/** One event with that data, which must hold no line break (JSON text has none). */
export const frameOf = (data: string): Buffer => Buffer.from(`data: ${data}\n\n`)

/** The same with a name. */
export const eventFrameOf = (name: string, data: string): Buffer => Buffer.from(`event: ${name}\ndata: ${data}\n\n`)

/** A comment, which every client skips. */
export const commentOf = (text: string): Buffer => Buffer.from(`: ${text}\n\n`)
