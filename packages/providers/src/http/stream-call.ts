import type { Dispatcher } from 'undici'
import type { CallDeadline } from './call-deadline.ts'
import type { Outcome, ReplyHeaders, StreamListener, Streaming, UpstreamStream } from './outcome.ts'
import { brokenCall, isTimeout, reasonOf, refusedCall } from './unanswered.ts'

/** As much of an error's body as is read. */
const maxErrorBytes = 65_536

/** Hears an answer that should be a stream of events. Gives its head at once, or what came instead. */
export class StreamCall implements Dispatcher.DispatchHandler, UpstreamStream {
  readonly #resolve: (outcome: Outcome<Streaming>) => void
  readonly #within: CallDeadline
  #controller: Dispatcher.DispatchController | undefined
  #status: number | null = null
  #headers: ReplyHeaders = {}
  #streaming = false
  #over = false
  #listener: StreamListener | undefined
  /** Before there is a listener: chunks of the stream. Of any other answer: its body. */
  #pieces: Buffer[] = []
  #bytes = 0
  #ending: ((listener: StreamListener) => void) | undefined

  constructor(resolve: (outcome: Outcome<Streaming>) => void, within: CallDeadline) {
    this.#resolve = (outcome) => {
      within.clear()
      resolve(outcome)
    }
    this.#within = within
    within.onUnsent(() => resolve({ kind: 'not-sent', reason: 'CALL_TIMEOUT' }))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#within.begin(controller)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ReplyHeaders): void {
    this.#status = status
    this.#headers = headers
    const type = headers['content-type']
    if (status !== 200 || typeof type !== 'string' || !/^text\/event-stream\b/i.test(type)) return
    this.#streaming = true
    const id = headers['x-request-id'] ?? headers['request-id']
    this.#resolve({ kind: 'streaming', stream: this, upstreamId: typeof id === 'string' ? id : null, headers })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return
    if (this.#listener) return this.#listener.data(chunk)
    this.#bytes += chunk.length
    if (this.#streaming || this.#bytes <= maxErrorBytes) this.#pieces.push(chunk)
    else controller.abort(new Error('The error is too large'))
  }

  onResponseEnd(): void {
    if (this.#streaming) return this.#finish((listener) => listener.end())
    const status = this.#status ?? 0
    this.#resolve(
      status === 200
        ? { kind: 'ambiguous', timedOut: false, status, reason: 'not-a-stream' }
        : refusedCall(status, this.#headers, Buffer.concat(this.#pieces)),
    )
  }

  onResponseError(_: unknown, error: Error): void {
    if (this.#streaming) return this.#finish((listener) => listener.broken(reasonOf(error), isTimeout(error)))
    const status = this.#status
    this.#resolve(
      status !== null && status !== 200
        ? refusedCall(status, this.#headers, Buffer.concat(this.#pieces))
        : brokenCall(error, this.#controller !== undefined, status),
    )
  }

  listen(listener: StreamListener): void {
    this.#listener = listener
    const early = this.#pieces
    this.#pieces = []
    for (const chunk of early) if (!this.#over) listener.data(chunk)
    if (this.#ending && !this.#over) {
      this.#over = true
      this.#ending(listener)
    }
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  abort(): void {
    this.#over = true
    this.#controller?.abort(new Error('The stream was closed on our side'))
  }

  #finish(ending: (listener: StreamListener) => void): void {
    if (this.#over) return
    if (!this.#listener) {
      this.#ending = ending
      return
    }
    this.#over = true
    ending(this.#listener)
  }
}
