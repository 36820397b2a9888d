import type { Answer, AnswerEvent, ChatRequest, Conversation, Dialect, UsageReport } from '@tollkeeper/domain/chat'
import type { Failure } from '@tollkeeper/domain/failure'
import type { TokenCounts } from '@tollkeeper/domain/price'

/** What is decided per attempt: the provider's name of the model, and the output cap that the hold pays for. */
export type BodyChoice = { model: string; capField: string; maxOutputTokens: number }

/**
 * The body for a provider, written once from the parsed request: never the client's bytes, which another parser might
 * read in another way. Model and cap are appended per attempt.
 */
export type UpstreamBody = {
  /** UTF-8 bytes of everything but model and cap. */
  bytes: number
  /** The bytes to send. */
  render: (choice: BodyChoice) => Buffer
}

/** What the gateway needs from a provider's whole answer. Where no translation is due its bytes pass on unchanged. */
export type WholeAnswer = {
  usage: UsageReport
  /** The texts the model wrote, for counting when the report cannot be believed. */
  texts: () => string[]
  /** The answer in neutral form; of several choices the first. */
  answer: () => Answer
}

/** What an answer was charged: what a client is told as its usage and its cost, in USD as decimal text. */
export type Charged = { tokens: TokenCounts; costUsd: string }

/** What one event of a provider's stream means for the client and for the settlement. */
export type StreamStep = {
  /** What the client gets. */
  out?: Buffer | undefined
  /** Replaces what was reported before. */
  report?: UsageReport
  /** Nothing but the end follows: a stream that closes now is complete. */
  complete?: boolean
  end?: 'done' | 'error'
}

/** One running stream between a provider and a client. Has state: one per stream. */
export type StreamCodec = {
  /** Whether a run of events must be read event by event; if not, its bytes pass on. Right about "no". */
  mayMatter: (run: Buffer) => boolean
  /** How many events of a run carry output: each stands for a token or more. */
  outputEvents: (run: Buffer) => number
  /** Adds the texts of a run of the provider's events to `into`, by choice. */
  gatherTexts: (run: Buffer, into: Map<number, string>) => void
  /** Reads one event of the provider. */
  step: (frame: Buffer) => StreamStep
  /** What the client still gets of a complete stream. */
  ending: (charged: Charged) => Buffer
  /** What ends a stream that broke. */
  errorFrame: (failure: Failure) => Buffer
  /** Keeps an idle connection alive, and means nothing. */
  keepAlive: Buffer
}

/** What a stream's codec knows beforehand. */
export type StreamOptions = {
  /** Whether the client asked for usage, where a dialect lets it. */
  wantsUsage: boolean
  /** About how many tokens the input has; told where a dialect wants the number before anybody knows it. */
  inputTokens: number
  atMs: number
  /** Cost of a report in USD; undefined when the report cannot be believed. */
  costUsd: (report: UsageReport) => string | undefined
}

/** Reads a provider's stream into neutral events. Has state: one per stream. */
export type StreamReader = {
  outputEvents: (run: Buffer) => number
  gatherTexts: (run: Buffer, into: Map<number, string>) => void
  /** Anything that is not understood gives no event. */
  read: (frame: Buffer) => AnswerEvent[]
}

/** Writes neutral events as a stream. Has state: one per stream. */
export type StreamWriter = {
  write: (event: AnswerEvent) => Buffer | undefined
  ending: (charged: Charged) => Buffer
  /** What ends a stream that broke, where that depends on what was written. */
  errorFrame?: (failure: Failure) => Buffer
}

/** A format of chat requests and answers, in both directions. */
export type WireDialect = {
  name: Dialect
  /**
   * Checks a parsed body. Everything that decides the price is judged here or refused.
   * @throws Failure with the field in `param`
   */
  readRequest: (body: unknown) => ChatRequest
  /** @throws Failure `untranslatable` for what only this dialect can say */
  toNeutral: (chat: ChatRequest) => Conversation
  /** @throws Failure `untranslatable` for what this dialect cannot say */
  fromNeutral: (conversation: Conversation) => ChatRequest
  upstreamBody: (chat: ChatRequest) => UpstreamBody
  /** Undefined when the bytes are no answer at all. */
  readAnswer: (bytes: Buffer) => WholeAnswer | undefined
  /** A whole answer, as a client of this dialect expects it. */
  writeAnswer: (answer: Answer, atMs: number) => Buffer
  /** For a stream whose provider and client both speak this dialect. */
  passOn: (options: StreamOptions) => StreamCodec
  makeReader: () => StreamReader
  makeWriter: (options: StreamOptions) => StreamWriter
  statusOf: (failure: Failure) => number
  /** The error body, as JSON text. */
  failureBody: (failure: Failure, requestId: string) => string
  /** The same in the middle of a stream. */
  failureFrame: (failure: Failure) => Buffer
  keepAlive: Buffer
}
