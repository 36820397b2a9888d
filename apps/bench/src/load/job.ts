/** What the load generator is asked to do, and what it saw. Travels as JSON. */
export type Job = {
  /** Where the contender listens, without a path. */
  readonly origin: string
  /** Gateway keys, used in turn. */
  readonly keys: readonly string[]
  /** Whether to ask for event streams. */
  readonly stream: boolean
  readonly pace: Pace
  /** Requests are started for so many milliseconds; those under way are then waited for. */
  readonly forMs: number
}

type Pace =
  /** As much as goes through with so many requests under way at any time. */
  | { readonly kind: 'saturation'; readonly inFlight: number }
  /** So many requests a second, whether answers come or not. */
  | { readonly kind: 'rate'; readonly perSecond: number }

export type Outcome = {
  /** Requests that were started; each was answered or is counted in `errors`. */
  readonly requests: number
  readonly errors: number
  /** What the first of the errors was. */
  readonly firstError: string | null
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Until the first byte of the answer's body, in ms since the request should have been sent. */
  readonly firstByteMs: Percentiles
  /** Until the answer's end, in ms since the request should have been sent. */
  readonly answerMs: Percentiles
  /** How late the generator itself was, in ms: small, or the other figures cannot be trusted. */
  readonly latenessMs: Percentiles
}

export type Percentiles = { readonly p50: number; readonly p99: number }
