import type { Pool } from 'undici'
import { nowMs } from './clock.ts'
import { uniquePrompt } from './prompts.ts'

/** How one request went; times on the clock of `nowMs`. */
export type Call = { error: string | null; sentMs: number; firstByteMs: number; endMs: number }

/** How an answer ends that arrived as a whole: a JSON object, or a stream with its end mark. */
const wholeEnd = Buffer.from('}')
const streamEnd = Buffer.from('data: [DONE]\n\n')

/** Sends one request and calls `done` exactly once. Anything but a whole answer with status 200 is an error. */
export function call(pool: Pool, key: string, stream: boolean, done: (call: Call) => void): void {
  const seen: Call = { error: null, sentMs: nowMs(), firstByteMs: Number.NaN, endMs: Number.NaN }
  let last: Buffer | undefined
  pool.dispatch(
    {
      path: '/v1/chat/completions',
      method: 'POST',
      headers: ['authorization', `Bearer ${key}`, 'content-type', 'application/json'],
      body: uniquePrompt(stream),
    },
    {
      // undici insists on this one.
      onRequestStart: () => {},
      onResponseStart: (_controller, status) => {
        if (status !== 200) seen.error = `status ${status}`
      },
      onResponseData: (_controller, chunk) => {
        if (last === undefined) {
          seen.firstByteMs = nowMs()
          if (seen.error !== null) seen.error += `: ${chunk.toString('utf8').slice(0, 500)}`
        }
        last = chunk
      },
      onResponseEnd: () => {
        seen.endMs = nowMs()
        if (!endsWith(last, stream ? streamEnd : wholeEnd)) seen.error ??= 'the answer was cut short'
        done(seen)
      },
      onResponseError: (_controller, error) => {
        seen.error ??= error.message
        done(seen)
      },
    },
  )
}

function endsWith(chunk: Buffer | undefined, end: Buffer): boolean {
  return chunk !== undefined && chunk.subarray(-end.length).equals(end)
}
