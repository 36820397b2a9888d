import type { ClientStream } from '../answer/relay.ts'
import type { AnswerStream, Bill } from '../exchange.ts'

export type KeptStreamDeps = {
  /** A longer stream is not kept. */
  mostBytes: number
  keep: (bytes: Buffer, bill: Bill) => Promise<void>
  release: () => Promise<void>
}

/**
 * Passes a stream on and keeps what it said, so that it can be told again. It goes on when its client leaves: that is
 * when the client will ask again.
 */
export class KeptStream implements ClientStream, AnswerStream {
  readonly #source: AnswerStream
  readonly #deps: KeptStreamDeps
  #client: ClientStream | undefined
  #pieces: Buffer[] | undefined = []
  #bytes = 0
  #drained: (() => void) | undefined

  constructor(source: AnswerStream, deps: KeptStreamDeps) {
    this.#source = source
    this.#deps = deps
  }

  get result(): AnswerStream['result'] {
    return this.#source.result
  }

  get isOver(): boolean {
    return this.#source.isOver
  }

  start(client: ClientStream | undefined): void {
    this.#client = client
    this.#source.start(this)
  }

  clientLeft(): void {
    this.#client = undefined
    if (!this.#pieces) return this.#source.clientLeft()
    this.#drained?.()
  }

  write(bytes: Buffer): boolean {
    this.#bytes += bytes.length
    if (this.#bytes <= this.#deps.mostBytes) this.#pieces?.push(bytes)
    else {
      this.#pieces = undefined
      if (!this.#client) this.#source.clientLeft()
    }
    return this.#client?.write(bytes) ?? true
  }

  onDrain(listener: () => void): void {
    this.#drained = listener
    this.#client?.onDrain(listener)
  }

  end(last: Buffer): void {
    this.#client?.end(last)
    const { result } = this.#source
    if (result && !result.failure && this.#pieces)
      void this.#deps.keep(Buffer.concat([...this.#pieces, last]), result.bill)
    else void this.#deps.release()
  }

  cut(): void {
    this.#client?.cut()
    if (this.#source.isOver) void this.#deps.release()
  }
}
