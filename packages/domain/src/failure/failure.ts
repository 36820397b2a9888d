import { catalogue, type FailureCode, type FailureKind, type FailureParams } from './catalogue.ts'

/** Extra facts for the client, put under `error.gateway`. Plain JSON; amounts are decimal USD text. */
export type FailureDetail = Readonly<Record<string, unknown>>

export type FailureOptions = {
  /** Field of the request at fault, for `error.param`. */
  param?: string
  detail?: FailureDetail
  retryAfterMs?: number
  /** Overrides the status of the kind, where an organisation chose another (money refusals). */
  status?: number
  /** Whose error it is: `gateway` or `provider:<name>`. */
  source?: string
  cause?: unknown
  /** A provider's own code that clients rely on (context_length_exceeded), passed on unchanged. */
  code?: string
}

/** What a client is told. The only error that the rooms throw on purpose; anything else is a bug and becomes `internal`. */
export class Failure extends Error {
  readonly code: FailureCode
  readonly kind: FailureKind
  readonly options: FailureOptions

  constructor(code: FailureCode, sentence: string, options: FailureOptions) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Failure'
    this.code = code
    this.kind = catalogue[code].kind
    this.options = options
  }
}

/** Builds a failure from the catalogue: `throw fail('rate_limited', { … }, { retryAfterMs })`. */
export function fail<Code extends FailureCode>(
  code: Code,
  params: FailureParams<Code>,
  options: FailureOptions = {},
): Failure {
  const says = catalogue[code].says as (params: FailureParams<Code>) => string
  return new Failure(code, says(params), options)
}
