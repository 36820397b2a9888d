import type { IncomingMessage } from 'node:http'
import type { Failure, Fault } from '../fault.ts'
import type { Left } from '../rate-limits.ts'
import type { Call } from '../record/call.ts'

/** What differs between the dialects in receiving, refusing and heading a call. */
export type Dialect = {
  name: Call['dialect']
  /** The key a request was sent with, or null. */
  keyOf(request: IncomingMessage): string | null
  /** What is wrong with the headers, if anything. */
  headerFault?(request: IncomingMessage): Fault | undefined
  /** A fault in the words of this dialect. */
  failureOf(fault: Fault, requestId: string): Failure
  /** Headers of every answer. */
  headers(requestId: string): Record<string, string>
  limitHeaders(left: Left): Record<string, string>
  /** A fresh id of an answer. */
  newId(): string
}
