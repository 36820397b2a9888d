import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Pool } from 'undici'
import { call, type Call } from './call.ts'
import { nowMs } from './clock.ts'
import type { Job, Outcome } from './job.ts'
import type { Beats } from './pacemaker.ts'
import { Tally } from './tally.ts'

/** Requests under way beyond which a job at a fixed rate fails instead of filling the memory. */
const mostUnderWay = 1_000

/** Does one job and tells what was seen. */
export async function runJob(job: Job): Promise<Outcome> {
  // A request that nobody answers ends as an error, and the job with it.
  const pool = new Pool(job.origin, { connections: mostUnderWay, headersTimeout: 10_000, bodyTimeout: 10_000 })
  try {
    return job.pace.kind === 'saturation'
      ? await saturate(pool, job, job.pace.inFlight)
      : await keepRate(pool, job, job.pace.perSecond)
  } finally {
    await pool.destroy()
  }
}

const ask = (pool: Pool, job: Job, turn: number): Promise<Call> =>
  new Promise((resolve) => {
    call(pool, job.keys[turn % job.keys.length] ?? '', job.stream, resolve)
  })

async function saturate(pool: Pool, job: Job, inFlight: number): Promise<Outcome> {
  const tally = new Tally()
  const untilMs = nowMs() + job.forMs
  let turn = 0
  const askInTurn = async () => {
    while (nowMs() < untilMs) {
      const answered = await ask(pool, job, turn++)
      tally.count(answered, answered.sentMs)
      // A contender that is down fails at once: do not turn that into a busy loop.
      if (answered.error !== null) await pause(10)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, askInTurn))
  return tally.outcome()
}

async function keepRate(pool: Pool, job: Job, perSecond: number): Promise<Outcome> {
  const tally = new Tally()
  const everyMs = 1_000 / perSecond
  const beats: Beats = { startMs: nowMs() + 100, everyMs, count: Math.max(1, Math.floor(job.forMs / everyMs)) }
  const underWay = new Set<Promise<void>>()
  const pacemaker = new Worker(new URL('pacemaker.ts', import.meta.url), { workerData: beats })
  await new Promise<void>((resolve, reject) => {
    pacemaker.on('message', (beat: number) => {
      const dueMs = beats.startMs + beat * everyMs
      if (underWay.size >= mostUnderWay) return tally.count(notSent(dueMs), dueMs)
      const asked = ask(pool, job, beat).then((answered) => {
        underWay.delete(asked)
        tally.count(answered, dueMs)
      })
      return void underWay.add(asked)
    })
    pacemaker.once('error', reject)
    pacemaker.once('exit', () => resolve())
  })
  await Promise.all(underWay)
  return tally.outcome()
}

const notSent = (dueMs: number): Call => ({
  error: `not sent: ${mostUnderWay} others had no answer yet`,
  sentMs: dueMs,
  firstByteMs: dueMs,
  endMs: dueMs,
})
