import type { Dispatcher } from 'undici'
import type { CallDeadline } from './call-deadline.ts'
import type { Answered, Outcome, ReplyHeaders } from './outcome.ts'
import { brokenCall, refusedCall } from './unanswered.ts'

/** Larger answers are no answers (security.md T-UP). */
const maxBytes = 32 * 1_048_576

/** Hears one answer and gives it in one piece. */
export class WholeCall implements Dispatcher.DispatchHandler {
  readonly #resolve: (outcome: Outcome<Answered>) => void
  readonly #within: CallDeadline
  #started = false
  #status: number | null = null
  #headers: ReplyHeaders = {}
  #pieces: Buffer[] = []
  #bytes = 0

  constructor(resolve: (outcome: Outcome<Answered>) => void, within: CallDeadline) {
    this.#resolve = (outcome) => {
      within.clear()
      resolve(outcome)
    }
    this.#within = within
    within.onUnsent(() => resolve({ kind: 'not-sent', reason: 'CALL_TIMEOUT' }))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#started = true
    this.#within.begin(controller)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ReplyHeaders): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > maxBytes) controller.abort(new Error('The answer is too large'))
    else this.#pieces.push(chunk)
  }

  onResponseEnd(): void {
    const [first] = this.#pieces
    const body = this.#pieces.length === 1 && first ? first : Buffer.concat(this.#pieces)
    const status = this.#status ?? 0
    if (status !== 200) return this.#resolve(refusedCall(status, this.#headers, body))
    const id = this.#headers['x-request-id'] ?? this.#headers['request-id']
    this.#resolve({
      kind: 'answered',
      body,
      upstreamId: typeof id === 'string' ? id : null,
      headers: this.#headers,
    })
  }

  onResponseError(_: unknown, error: Error): void {
    const status = this.#status
    // The head said no; losing the rest of its body changes nothing.
    if (status !== null && status !== 200) return this.#resolve(refusedCall(status, this.#headers, Buffer.alloc(0)))
    this.#resolve(brokenCall(error, this.#started, status))
  }
}
