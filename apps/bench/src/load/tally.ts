import { percentile } from '../measure/numbers.ts'
import type { Call } from './call.ts'
import { nowMs } from './clock.ts'
import type { Outcome, Percentiles } from './job.ts'

/** Gathers what became of the requests of one job. */
export class Tally {
  requests = 0
  private errors = 0
  private firstError: string | null = null
  private readonly startMs = nowMs()
  private readonly firstByte: number[] = []
  private readonly answer: number[] = []
  private readonly lateness: number[] = []

  /** @param dueMs when the request should have been sent: waiting for the generator counts as waiting */
  count(call: Call, dueMs: number): void {
    this.requests += 1
    if (call.error !== null) {
      this.errors += 1
      this.firstError ??= call.error
      return
    }
    this.firstByte.push(call.firstByteMs - dueMs)
    this.answer.push(call.endMs - dueMs)
    this.lateness.push(call.sentMs - dueMs)
  }

  outcome(): Outcome {
    return {
      requests: this.requests,
      errors: this.errors,
      firstError: this.firstError,
      seconds: (nowMs() - this.startMs) / 1_000,
      firstByteMs: percentilesOf(this.firstByte),
      answerMs: percentilesOf(this.answer),
      latenessMs: percentilesOf(this.lateness),
    }
  }
}

const percentilesOf = (values: readonly number[]): Percentiles => ({
  p50: percentile(values, 50),
  p99: percentile(values, 99),
})
