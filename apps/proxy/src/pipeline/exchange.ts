import type { ChatRequest, Dialect } from '@tollkeeper/domain/chat'
import type { ScopeLabel } from '@tollkeeper/domain/failure'
import type { RequestId } from '@tollkeeper/domain/id'
import type { PolicyModel, PolicyProvider } from '@tollkeeper/domain/policy'
import type { NanoUsd, Price, TokenCounts } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import type { AnsweredFromKind, RefusalDetail, RequestAsk } from '@tollkeeper/domain/usage'
import type { Turn } from '../concurrency/turn.ts'
import type { Standing } from '../standing/standing.ts'
import type { Leg } from './answer/leg.ts'
import type { Failure } from '@tollkeeper/domain/failure'
import type { ClientStream } from './answer/relay.ts'

/** What is told about a request when it is over: grows while it walks, and is the only thing in the walk that changes. */
export type Journey = {
  readonly requestId: RequestId
  /** In which its caller speaks. */
  readonly dialect: Dialect
  readonly atMs: Instant
  /** Monotonic clock at arrival, in ms. */
  readonly startedAt: number
  /** …and when the caller wants to wait no longer. */
  readonly deadlineAt: number
  readonly userAgent: string | null
  readonly timeline: { step: string; ms: number }[]
  standing: Standing | null
  chat: ChatRequest | null
  candidate: Candidate | null
  attempts: number
  /** How each try at a provider ended, also those in which nothing was sent. */
  readonly legs: Leg[]
  firstByteMs: number | null
  /** The output cap that was put in place of a larger one. */
  clampedTo: number | null
  /** What its latest attempt asked of the budgets; null before one did. */
  ask: RequestAsk | null
  /** Why it was refused, with amounts, for the console. */
  refusal: RefusalDetail | null
  /** The request whose call answered this one too. */
  answeredFrom: AnsweredFrom | null
  /** Its row has been written, or rides with the settlement of its last attempt. */
  recorded: boolean
}

/**
 * How a request was answered without a call of its own. `avoided`: what that call was charged; null while nobody knows,
 * as in the middle of a stream.
 */
export type AnsweredFrom = { kind: AnsweredFromKind; requestId: RequestId; avoided: NanoUsd | null }

/** The caller's side of the connection. */
export type Client = {
  /** Whether it went away. */
  gone(): boolean
}

/** Ids in headers that narrow what a key may do; undefined where the header is absent. */
export type Narrowing = {
  userId: string | undefined
  teamId: string | undefined
  role: string | undefined
  roleGroup: string | undefined
}

/** A gateway key as it was sent: its checksum is right, nothing else is known. */
export type SentKey = { text: string; publicId: string }

/** A request as it arrived: its key has the form of one, its body was not looked at. */
export type Received = {
  journey: Journey
  key: SentKey
  narrowing: Narrowing
  body: Buffer
  /** Headers that a provider of the caller's dialect gets as they came: a flat list of names and values. */
  passedHeaders: readonly string[]
  client: Client
  /** The caller's name for this request: sent again, it gets the same answer. */
  idempotencyKey: string | undefined
  /** Whether one call may answer it together with others that ask the same at the same time. */
  mayShare: boolean
  /** What it takes of limits on concurrency: ends with the request, or with its stream. */
  turn: Turn
}

/** …and whose it is. */
export type Identified = Received & { standing: Standing }
/** …and what it asks. */
export type Understood = Identified & { chat: ChatRequest }
/** …and that its scopes may ask now. */
export type Admitted = Understood & { allowance: Allowance | null }
/** …and who could answer it, in order. */
export type Routed = Admitted & { candidates: readonly [Candidate, ...Candidate[]] }

/** Requests left in the tightest of our own windows. */
export type Allowance = { limit: number; remaining: number; resetMs: number }

/** One model at one provider, and what it is charged at. */
export type Candidate = {
  model: PolicyModel
  provider: PolicyProvider
  price: Price
}

/** What a finished attempt cost, as the headers tell it. */
export type Bill = {
  amount: NanoUsd
  tokens: TokenCounts
  /** Smallest amount left over the hard budgets; null when there are none. */
  left: NanoUsd | null
  /** Scope of the budget with that amount. */
  scope: ScopeLabel | null
}

/** A stream that waits for its client. */
export type AnswerStream = {
  /** Begins to pass it on; undefined when the client left already. */
  start(client: ClientStream | undefined): void
  /** The client's connection closed. Harmless after the end. */
  clientLeft(): void
  /** How it ended, as soon as it is settled. */
  readonly result: { bill: Bill; failure: Failure | null } | undefined
  /** Nothing more comes. */
  readonly isOver: boolean
}

/** The end of the walk: what the reply needs. */
export type Answered = Routed & { candidate: Candidate } & (
    | { kind: 'whole'; body: Buffer; bill: Bill }
    /** `estimate`: the whole hold. The relay sends the stream, settles it and tells its end. */
    | { kind: 'stream'; relay: AnswerStream; estimate: Bill }
  )

/** Milliseconds since arrival, with microseconds as decimals. */
export const elapsed = (journey: Journey, now: number): number => Math.round((now - journey.startedAt) * 1_000) / 1_000

/** Notes the end of a step of the walk. */
export function step(journey: Journey, name: string, now: number): void {
  journey.timeline.push({ step: name, ms: elapsed(journey, now) })
}
