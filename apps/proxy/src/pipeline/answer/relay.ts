import type { UsageReport } from '@tollkeeper/domain/chat'
import { fail, type Failure } from '@tollkeeper/domain/failure'
import type { StreamListener, UpstreamStream } from '@tollkeeper/providers'
import type { Charged, StreamCodec } from '@tollkeeper/wire/dialect'
import { FrameCutter, framesOf } from '@tollkeeper/wire/event-stream'
import type { AnswerStream, Bill } from '../exchange.ts'
import type { RelayLimits, Relays } from './relays.ts'
import { WrittenText } from './written-text.ts'

/** The client's end of a stream. */
export type ClientStream = {
  /** Gives false when the client does not read fast enough: then wait for `onDrain`. */
  write(bytes: Buffer): boolean
  onDrain(listener: () => void): void
  end(last: Buffer): void
  /** Breaks the connection. */
  cut(): void
}

/** How a stream ended, for its settlement. */
export type StreamEnd = {
  /** Why it is not complete; null for a complete one. */
  failure: Failure | null
  clientLeft: boolean
  /** Not one whole event came: nobody knows what the provider had done by then. */
  silent: boolean
  report: UsageReport
  texts: () => string[]
}

export type RelayDeps = {
  /** How the provider's events are read, and what the client gets of them. */
  codec: StreamCodec
  /** The provider's name, for failures. */
  provider: string
  relays: Relays
  monotonic: () => number
  /** Called once, before the last byte is released. */
  settle: (end: StreamEnd) => Promise<Bill>
  /** Called now and then while it runs, with the number of events so far that carry output. */
  onProgress: (events: number) => void
  onFirstByte: () => void
  onDefect: (error: unknown) => void
  /** Monotonic ms at which it is ended from our side. */
  deadlineAt: number
  /** What the client is told of its settlement. */
  chargedOf: (bill: Bill) => Charged
}

/** How often a running stream's progress is noted. */
const progressMs = 2_000

/**
 * Passes a provider's stream on, event by event, as its codec says: byte for byte where nothing is translated, looking
 * only for usage, errors and the end. The stream is settled before its last event is released. A client that leaves does not end it: the provider goes on to its usage
 * report, within what the hold pays for.
 */
export class Relay implements StreamListener, AnswerStream {
  readonly #stream: UpstreamStream
  readonly #deps: RelayDeps
  readonly #cutter = new FrameCutter()
  readonly #written: WrittenText
  #client: ClientStream | undefined
  #report: UsageReport = { kind: 'missing' }
  #complete = false
  #heard = false
  #silent = true
  #events = 0
  #progressAt: number
  #over = false
  #result: AnswerStream['result']
  #draining = false
  #clientLeft = false
  #pausedAt: number | undefined
  #lastWriteAt: number

  constructor(stream: UpstreamStream, deps: RelayDeps) {
    this.#stream = stream
    this.#deps = deps
    this.#written = new WrittenText(deps.codec.gatherTexts)
    this.#lastWriteAt = deps.monotonic()
    this.#progressAt = this.#lastWriteAt
  }

  /** Begins to pass the stream on. Without a client (it left before the head was written) the stream is only drained. */
  start(client: ClientStream | undefined): void {
    this.#client = client
    this.#deps.relays.add(this)
    if (!client) this.clientLeft()
    if (!this.#over) this.#stream.listen(this)
  }

  get result(): AnswerStream['result'] {
    return this.#result
  }

  get isOver(): boolean {
    return this.#over
  }

  /** The client's connection closed. Harmless after the end. */
  clientLeft(): void {
    if (this.#over || this.#clientLeft) return
    this.#clientLeft = true
    this.#client = undefined
    this.#draining = this.#deps.relays.mayDrain()
    if (!this.#draining) {
      this.#stream.abort()
      this.#end(null)
      return
    }
    this.#unpause()
  }

  /** Ends the stream from our side, with an error that the client can see. */
  stop(failure: Failure): void {
    if (this.#over) return
    this.#stream.abort()
    this.#end(failure)
  }

  /** Called every second: keeps idle connections alive, cuts clients that do not read, ends what never ends. */
  tick(now: number, limits: RelayLimits): void {
    if (this.#over) return
    if (now > this.#deps.deadlineAt) return this.stop(this.#late())
    if (now - this.#progressAt >= progressMs) {
      this.#progressAt = now
      this.#deps.onProgress(this.#events)
    }
    if (!this.#client) return
    if (this.#pausedAt !== undefined) {
      if (now - this.#pausedAt > limits.stalledMs) this.#client.cut()
    } else if (now - this.#lastWriteAt >= limits.keepAliveMs) this.#write(this.#deps.codec.keepAlive)
  }

  data(chunk: Buffer): void {
    if (this.#over) return
    if (!this.#heard) {
      this.#heard = true
      this.#deps.onFirstByte()
    }
    const run = this.#cutter.push(chunk)
    if (run === undefined) return
    if (run === 'too-large') return this.stop(this.#broke())
    this.#silent = false
    const { codec } = this.#deps
    this.#events += codec.outputEvents(run)
    this.#written.add(run)
    if (!codec.mayMatter(run)) return this.#write(run)
    for (const frame of framesOf(run)) {
      this.#frame(frame)
      if (this.#over) return
    }
  }

  end(): void {
    // Some providers send no [DONE]; the usage report comes after everything else, so with it nothing is missing.
    const complete = this.#complete && this.#cutter.rest().length === 0
    this.#end(complete ? null : this.#broke())
  }

  broken(): void {
    this.#end(this.#broke())
  }

  #frame(frame: Buffer): void {
    const { out, report, complete, end } = this.#deps.codec.step(frame)
    if (report) this.#report = report
    if (complete) this.#complete = true
    if (out) this.#write(out)
    if (end === 'done') this.#end(null)
    else if (end === 'error') this.stop(this.#broke())
  }

  #end(failure: Failure | null): void {
    this.#finish(failure).catch(this.#deps.onDefect)
  }

  async #finish(failure: Failure | null): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#unpause()
    const { codec, relays, settle, chargedOf } = this.#deps
    try {
      const bill = await settle({
        failure,
        clientLeft: this.#clientLeft,
        silent: this.#silent,
        report: this.#report,
        texts: () => this.#written.texts(),
      })
      this.#result = { bill, failure }
      this.#client?.end(failure ? codec.errorFrame(failure) : codec.ending(chargedOf(bill)))
    } catch (error) {
      // A defect. The attempt's lease runs out and it is charged provisionally; the client must not take this for an end.
      this.#client?.cut()
      throw error
    } finally {
      relays.remove(this, this.#draining)
    }
  }

  #write(bytes: Buffer): void {
    if (!this.#client) return
    this.#lastWriteAt = this.#deps.monotonic()
    if (this.#client.write(bytes) || this.#pausedAt !== undefined) return
    this.#pausedAt = this.#lastWriteAt
    this.#stream.pause()
    this.#client.onDrain(() => this.#unpause())
  }

  #unpause(): void {
    if (this.#pausedAt === undefined) return
    this.#pausedAt = undefined
    this.#stream.resume()
  }

  #late(): Failure {
    const { provider } = this.#deps
    return fail('upstream_timeout', { provider }, { source: `provider:${provider}` })
  }

  #broke(): Failure {
    const { provider } = this.#deps
    return fail('upstream_broke', { provider }, { source: `provider:${provider}` })
  }
}
