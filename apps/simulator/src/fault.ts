/** What is wrong with a request, in no vendor's words. Each dialect says it in its own. */
export type Fault =
  /** Cannot be read; `param` is the path of the part at fault. */
  | { kind: 'invalid'; message: string; param?: string | null; code?: string | null }
  | { kind: 'no-model'; id: string }
  /** Not the required key; null when none was sent. */
  | { kind: 'key'; key: string | null }
  | { kind: 'too-large' }
  /** The bucket of the key is empty. */
  | { kind: 'rate'; retryAfterMs: number }
  /** A status that a test or a person asked for; `retryAfter` is the value of that header. */
  | { kind: 'scripted'; status: number; retryAfter: string | null }

/** An error as it is sent: status, headers of its own, body. */
export type Failure = { status: number; headers: Record<string, string>; body: object }

/** The headers that tell how long to wait when the bucket of a key is empty. */
export const retryHeaders = (retryAfterMs: number): Record<string, string> => ({
  'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
  'retry-after-ms': String(retryAfterMs),
})

/** The header of a scripted status. */
export const scriptedHeaders = (retryAfter: string | null): Record<string, string> =>
  retryAfter === null ? {} : { 'retry-after': retryAfter }
