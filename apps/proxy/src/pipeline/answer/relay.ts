import { fail, type Failure } from '@tollkeeper/domain/failure'
import type { StreamListener, UpstreamStream } from '@tollkeeper/providers'
import type { ChatEvent, UsageReport } from '@tollkeeper/wire/openai-chat'
import type { Bill } from '../exchange.ts'
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

/** How a dialect's stream is read and written. */
export type StreamDialect = {
  makeCutter(): { push(chunk: Buffer): Buffer | undefined | 'too-large'; rest(): Buffer }
  framesOf(run: Buffer): Buffer[]
  mayMatter(run: Buffer): boolean
  readEvent(frame: Buffer): ChatEvent
  gatherTexts: (run: Buffer, into: Map<number, string>) => void
  withCost(chunk: Readonly<Record<string, unknown>>, costUsd: string): Buffer
  /** What follows the last chunk of a complete stream. */
  ending(costUsd: string): Buffer
  errorFrame(failure: Failure): Buffer
  keepAlive: Buffer
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
  dialect: StreamDialect
  relays: Relays
  monotonic: () => number
  /** Called once, before the last byte is released. */
  settle: (end: StreamEnd) => Promise<Bill>
  /** Cost of a report as it is told to the client in the usage chunk; undefined when the report cannot be believed. */
  costUsd: (report: UsageReport) => string | undefined
  /** Called now and then while it runs, with the number of events so far. */
  onProgress: (events: number) => void
  onFirstByte: () => void
  onDefect: (error: unknown) => void
  usdText: (bill: Bill) => string
}

export type RelayOptions = {
  provider: string
  /** Whether the client asked for the usage chunk. */
  wantsUsage: boolean
  /** Monotonic ms at which it is ended from our side. */
  deadlineAt: number
}

/** How often a running stream's progress is noted. */
const progressMs = 2_000

/** Events in a run: each ends in an empty line. */
function eventsIn(run: Buffer): number {
  let events = 0
  for (let at = run.indexOf('\n\n'); at >= 0; at = run.indexOf('\n\n', at + 2)) events += 1
  return events
}

/**
 * Passes a provider's stream on, event by event, byte for byte. Looks only for usage, errors and the end. The stream is
 * settled before its last event is released. A client that leaves does not end it: the provider goes on to its usage
 * report, within what the hold pays for.
 */
export class Relay implements StreamListener {
  readonly #stream: UpstreamStream
  readonly #deps: RelayDeps
  readonly #options: RelayOptions
  readonly #cutter
  readonly #written: WrittenText
  #client: ClientStream | undefined
  #report: UsageReport = { kind: 'missing' }
  #heard = false
  #silent = true
  #events = 0
  #progressAt: number
  #over = false
  #draining = false
  #clientLeft = false
  #pausedAt: number | undefined
  #lastWriteAt: number

  constructor(stream: UpstreamStream, deps: RelayDeps, options: RelayOptions) {
    this.#stream = stream
    this.#deps = deps
    this.#options = options
    this.#cutter = deps.dialect.makeCutter()
    this.#written = new WrittenText(deps.dialect.gatherTexts)
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
    if (now > this.#options.deadlineAt) return this.stop(this.#late())
    if (now - this.#progressAt >= progressMs) {
      this.#progressAt = now
      this.#deps.onProgress(this.#events)
    }
    if (!this.#client) return
    if (this.#pausedAt !== undefined) {
      if (now - this.#pausedAt > limits.stalledMs) this.#client.cut()
    } else if (now - this.#lastWriteAt >= limits.keepAliveMs) this.#write(this.#deps.dialect.keepAlive)
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
    this.#events += eventsIn(run)
    this.#written.add(run)
    if (!this.#deps.dialect.mayMatter(run)) return this.#write(run)
    for (const frame of this.#deps.dialect.framesOf(run)) {
      this.#frame(frame)
      if (this.#over) return
    }
  }

  end(): void {
    // Some providers send no [DONE]; the usage report comes after everything else, so with it nothing is missing.
    const complete = this.#report.kind !== 'missing' && this.#cutter.rest().length === 0
    this.#end(complete ? null : this.#broke())
  }

  broken(): void {
    this.#end(this.#broke())
  }

  #frame(frame: Buffer): void {
    const event = this.#deps.dialect.readEvent(frame)
    switch (event.kind) {
      case 'other':
        return this.#write(frame)
      case 'usage':
        this.#report = event.report
        return this.#usage(frame, event)
      case 'done':
        this.#end(null)
        return
      case 'error':
        return this.stop(this.#broke())
    }
  }

  #usage(frame: Buffer, event: Extract<ChatEvent, { kind: 'usage' }>): void {
    if (!this.#options.wantsUsage) {
      // Clients that did not ask stumble over a chunk without choices (wire.md 2.7).
      if (!event.only) this.#write(frame)
      return
    }
    const costUsd = this.#deps.costUsd(event.report)
    this.#write(costUsd === undefined ? frame : this.#deps.dialect.withCost(event.chunk, costUsd))
  }

  #end(failure: Failure | null): void {
    this.#finish(failure).catch(this.#deps.onDefect)
  }

  async #finish(failure: Failure | null): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#unpause()
    const { dialect, relays, settle, usdText } = this.#deps
    try {
      const bill = await settle({
        failure,
        clientLeft: this.#clientLeft,
        silent: this.#silent,
        report: this.#report,
        texts: () => this.#written.texts(),
      })
      this.#client?.end(failure ? dialect.errorFrame(failure) : dialect.ending(usdText(bill)))
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
    const { provider } = this.#options
    return fail('upstream_timeout', { provider }, { source: `provider:${provider}` })
  }

  #broke(): Failure {
    const { provider } = this.#options
    return fail('upstream_broke', { provider }, { source: `provider:${provider}` })
  }
}
