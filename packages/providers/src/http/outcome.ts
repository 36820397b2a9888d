/** Headers of an answer by lower-case name. */
export type ReplyHeaders = Readonly<Record<string, string | string[] | undefined>>

/** How a call ended without an answer (money.md 4.4 says what each costs). */
export type Unanswered =
  /** Nothing reached the provider: no connection, no name, no TLS. */
  | { kind: 'not-sent'; reason: string }
  /** A status of 400 to 499 before any output. */
  | {
      kind: 'refused'
      status: number
      retryAfterMs: number | null
      contextLength: string | null
      headers: ReplyHeaders
    }
  /** Any other status but 200 before any output. */
  | { kind: 'failed'; status: number; retryAfterMs: number | null }
  /** The request was written and what came back is nothing, or not an answer: nobody knows whether it was billed. */
  | { kind: 'ambiguous'; timedOut: boolean; status: number | null; reason: string }

/** A whole answer: the provider's bytes. */
export type Answered = { kind: 'answered'; body: Buffer; upstreamId: string | null; headers: ReplyHeaders }
/** The head of a stream came. */
export type Streaming = {
  kind: 'streaming'
  stream: UpstreamStream
  upstreamId: string | null
  headers: ReplyHeaders
}
export type Outcome<Good> = Good | Unanswered

/** Hears a stream. Exactly one of `end` and `broken` comes, and nothing after it. */
export type StreamListener = {
  data(chunk: Buffer): void
  end(): void
  broken(reason: string, timedOut: boolean): void
}

/** A running stream. What arrived before `listen` is kept for it. */
export type UpstreamStream = {
  listen(listener: StreamListener): void
  pause(): void
  resume(): void
  /** Closes the connection; the listener hears nothing more. */
  abort(): void
}
