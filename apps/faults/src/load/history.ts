import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'

/** A refusal for money as the client was told it, in nano-USD. */
export type RefusalSeen = {
  scope: string
  scopeId: string
  limit: NanoUsd
  spent: NanoUsd
  held: NanoUsd
  /** What the request would have held. */
  ask: NanoUsd
}

/**
 * One request as its client saw it. `ok`: a whole answer. `fail`: a whole refusal or error. `unknown`: the connection
 * broke, or the client left: nobody can tell what became of it. None is ever sent again.
 */
export type ClientCall = {
  at: number
  orgId: OrgId
  keyId: KeyId
  /** Number of the proxy that was asked. */
  proxy: number
  stream: boolean
  /** Milliseconds since 1970. */
  sentMs: number
  /** Head of the answer; null when none came. */
  decidedMs: number | null
  endMs: number
  status: number | null
  outcome: 'ok' | 'fail' | 'unknown'
  /** Of a failure: our code. Of an unknown outcome: what broke. */
  reason: string | null
  requestId: string | null
  refusal: RefusalSeen | null
  /** The client went away on purpose. */
  left: boolean
}
