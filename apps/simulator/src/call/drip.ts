import type { ServerResponse } from 'node:http'
import type { StreamStep } from './stream-script.ts'

/** How a drip goes: one byte at a time, what is told of each step that is out, and what is done before the last byte. */
export type Drip = { everyMs: number; wrote: (tokens: number) => void; done: () => void }

/** Sends a text byte by byte and ends the answer. Stops when the client leaves. */
export function drip(steps: Iterable<StreamStep>, response: ServerResponse, { everyMs, wrote, done }: Drip): void {
  const bytes = bytesOf(steps, wrote)
  let next = bytes.next()
  const timer = setInterval(
    () => {
      if (next.done) return
      const byte = next.value
      next = bytes.next()
      if (!next.done) return void response.write(byte)
      clearInterval(timer)
      done()
      response.end(byte)
    },
    Math.max(1, everyMs),
  )
  response.once('close', () => clearInterval(timer))
}

function* bytesOf(steps: Iterable<StreamStep>, wrote: (tokens: number) => void): Generator<Buffer, void> {
  for (const { frame, tokens } of steps) {
    const bytes = Buffer.from(frame)
    for (let at = 0; at < bytes.length; at += 1) yield bytes.subarray(at, at + 1)
    wrote(tokens)
  }
}
