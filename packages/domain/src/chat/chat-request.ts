import type { Dialect } from './dialect.ts'

/** One part of a message's content: text, or an image. Parts that cannot be bounded never get this far. */
export type ContentPart = { type: string; text?: string; refusal?: string }

/** How many images a request carries, by what they may cost: those of low detail, and the rest. */
export type ImageCounts = { low: number; other: number }

/** What is to become vectors: texts, which are read without any framing, and tokens that were counted by the caller. */
export type EmbeddedInput = { texts: readonly string[]; tokens: number }

/** One message as the caller wrote it; fields that are not named here are kept. */
export type ChatMessage = {
  role: string
  content?: string | readonly ContentPart[] | null
  name?: string
  [other: string]: unknown
}

/** A chat request that passed the checks of its dialect. What decides its price is named; the rest is in `body`. */
export type ChatRequest = {
  dialect: Dialect
  model: string
  messages: readonly ChatMessage[]
  /** Definitions that the model reads besides the messages: tools, legacy functions, an answer's schema. */
  definitions: readonly unknown[]
  /** Tokens that the provider adds to the input by itself, at most: its instructions for the use of tools. */
  hiddenTokens: number
  images: ImageCounts
  /** Instead of messages, when vectors are asked for. */
  embedded?: EmbeddedInput
  /** The provider also reads what it kept of earlier answers, and only it knows how much that is. */
  readsKept?: boolean
  stream: boolean
  /** Whether the caller of a stream asked for its usage. */
  wantsUsage: boolean
  /** Output cap of one choice as the caller asked for it. */
  maxOutputTokens: number | null
  /** The smallest cap with which the request makes sense, where the caller's other wishes demand one. */
  leastOutputTokens: number | null
  /** Name of the field that carried the cap, for messages about it. */
  maxOutputField: string
  /** Tokens that the caller announced. A floor for the limits on tokens, never less than our own estimate. */
  requestedTokens: number | null
  /** How many answers to the same input. */
  choices: number
  /** The body as it was written, already checked for everything that would raise its price. */
  body: Readonly<Record<string, unknown>>
}
