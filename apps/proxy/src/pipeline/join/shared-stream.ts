import { fail, type Failure } from '@tollkeeper/domain/failure'
import type { ClientStream } from '../answer/relay.ts'
import type { AnswerStream, Bill, Routed } from '../exchange.ts'
import type { ReplayBuffer } from './replay-buffer.ts'

/** How it ended for a follower: with which failure in the stream, and what the call was charged when that is known. */
export type FollowerEnd = { status: number; failure: Failure | null; bill: Bill | null }

/** Somebody who reads along in another one's stream. */
export type Follower = {
  routed: Routed
  /** Called once: it has all of it, or left, or was cut. */
  ended(end: FollowerEnd): void
}

export type SharedStreamDeps = {
  buffer: ReplayBuffer
  /** The event that tells a client of a failure in the middle. */
  errorFrame: (failure: Failure) => Buffer
  /** Called once, when nobody else may join. */
  onClosed: () => void
}

/** A follower that is this far behind is cut; the leader, who pays, is waited for. */
const mostBehind = 1_048_576

type Reader = {
  follower: Follower | null
  client: ClientStream | undefined
  /** The piece it gets next, and the bytes it has got. */
  next: number
  bytes: number
  blocked: boolean
}

/**
 * Stands between a relay and those who listen: the leader, whose stream it is, and the followers, who get it from its
 * beginning. The provider is slowed down for the leader, or when nobody reads; a follower that cannot keep up is cut
 * with an error it can see. The call goes on as long as anybody listens.
 */
export class SharedStream implements ClientStream {
  readonly #source: AnswerStream
  readonly #deps: SharedStreamDeps
  readonly #readers = new Set<Reader>()
  readonly #leader: Reader = { follower: null, client: undefined, next: 0, bytes: 0, blocked: false }
  #last: Buffer | undefined
  #drained: (() => void) | undefined
  #closed = false

  constructor(source: AnswerStream, deps: SharedStreamDeps) {
    this.#source = source
    this.#deps = deps
    this.#readers.add(this.#leader)
  }

  /** The leader's side. Begins to pass the stream on for all. */
  get leader(): AnswerStream {
    const source = this.#source
    return {
      start: (client) => {
        this.#leader.client = client
        if (!client) this.#readers.delete(this.#leader)
        if (this.#readers.size === 0) this.#close()
        source.start(this.#readers.size === 0 ? undefined : this)
      },
      clientLeft: () => this.#left(this.#leader),
      get result() {
        return source.result
      },
      get isOver() {
        return source.isOver
      },
    }
  }

  /** Another one that listens. */
  follow(follower: Follower): AnswerStream {
    const source = this.#source
    const reader: Reader = { follower, client: undefined, next: 0, bytes: 0, blocked: false }
    this.#readers.add(reader)
    return {
      start: (client) => {
        reader.client = client
        if (!client) return this.#left(reader)
        if (this.#last) this.#finish(reader, this.#last)
        else this.#send(reader)
      },
      clientLeft: () => this.#left(reader),
      get result() {
        return source.result
      },
      get isOver() {
        return source.isOver
      },
    }
  }

  write(bytes: Buffer): boolean {
    const { buffer } = this.#deps
    if (!buffer.push(bytes)) this.#close()
    for (const reader of this.#readers) this.#send(reader)
    if (this.#closed) buffer.dropBefore(Math.min(...Array.from(this.#readers, ({ next }) => next)))
    return !this.#mustWait()
  }

  onDrain(listener: () => void): void {
    this.#drained = listener
  }

  end(last: Buffer): void {
    this.#last = last
    this.#close()
    for (const reader of this.#readers) if (reader.client) this.#finish(reader, last)
  }

  /** Those who read nothing for too long; or all of them, when the relay cannot tell how it ended. */
  cut(): void {
    for (const { client, blocked } of this.#readers) if (blocked || this.#source.isOver) client?.cut()
  }

  #send(reader: Reader): void {
    const { client, follower } = reader
    const { buffer } = this.#deps
    if (!client) return
    while (!reader.blocked && reader.next < buffer.end) {
      const piece = buffer.at(reader.next)
      reader.next += 1
      reader.bytes += piece.length
      if (client.write(piece)) continue
      reader.blocked = true
      client.onDrain(() => this.#reads(reader))
    }
    if (follower && buffer.total - reader.bytes > mostBehind) this.#tooSlow(reader, client)
  }

  #reads(reader: Reader): void {
    reader.blocked = false
    if (!this.#readers.has(reader)) return
    this.#send(reader)
    this.#resume()
  }

  #tooSlow(reader: Reader, client: ClientStream): void {
    const failure = fail('client_too_slow', undefined)
    this.#readers.delete(reader)
    client.end(this.#deps.errorFrame(failure))
    reader.follower?.ended({ status: 200, failure, bill: null })
  }

  #finish(reader: Reader, last: Buffer): void {
    const { client, follower } = reader
    const { buffer } = this.#deps
    this.#readers.delete(reader)
    for (; reader.next < buffer.end; reader.next += 1) client?.write(buffer.at(reader.next))
    client?.end(last)
    const { failure = null, bill = null } = this.#source.result ?? {}
    follower?.ended({ status: 200, failure, bill })
  }

  #left(reader: Reader): void {
    if (!this.#readers.delete(reader)) return
    reader.follower?.ended({ status: 499, failure: null, bill: null })
    if (this.#readers.size > 0) return this.#resume()
    this.#close()
    this.#source.clientLeft()
  }

  #mustWait(): boolean {
    const { blocked, bytes } = this.#leader
    if (this.#readers.has(this.#leader) && blocked && this.#deps.buffer.total - bytes > mostBehind) return true
    for (const reader of this.#readers) if (!reader.blocked) return false
    return this.#readers.size > 0
  }

  #resume(): void {
    if (!this.#drained || this.#mustWait()) return
    const drained = this.#drained
    this.#drained = undefined
    drained()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#deps.buffer.close()
    this.#deps.onClosed()
  }
}
