import { parentPort, workerData } from 'node:worker_threads'
import { nowMs } from './clock.ts'

/** When beat number n (from 0) is due: `startMs + n × everyMs` on the clock of `nowMs`. */
export type Beats = { readonly startMs: number; readonly everyMs: number; readonly count: number }

// A thread of its own that sleeps until each beat: the timers of an event loop know only whole milliseconds,
// which is more than what is to be measured here, and waiting busily would take a core from the contender.
const beats = workerData as Beats
const sleeper = new Int32Array(new SharedArrayBuffer(4))

for (let beat = 0; beat < beats.count; beat += 1) {
  const wait = beats.startMs + beat * beats.everyMs - nowMs()
  if (wait > 0) Atomics.wait(sleeper, 0, 0, wait)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(beat)
}
