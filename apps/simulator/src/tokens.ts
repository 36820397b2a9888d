/**
 * How this provider counts tokens: o200k_base for every model, whatever its maker. A gateway that
 * wants to know the bill beforehand states the same rule on its own side; the two are kept apart
 * on purpose, so that one checks the other.
 *
 * Prompt tokens of a chat request:
 *
 *   3                                        priming of the answer
 *   for each message:
 *     3 + tokens(role)
 *     + tokens(content), or of each text or refusal part of it; for an image what `images.ts` says, 85 for the rest
 *     + 1 + tokens(name)                     when it has a name
 *     + tokens(JSON.stringify(tool_calls))   when it has tool calls
 *   8 + tokens(JSON.stringify(tools))        when there is at least one tool
 *
 * Text that looks like a special token (`<|endoftext|>`) is counted as the plain text it is.
 * A run of more than 1,000 characters without a change between blank and not blank is cut every
 * 1,000 characters and its pieces are counted one by one: byte-pair encoding is quadratic on
 * unbroken runs, and a provider must not be stopped by one long word.
 */
import { countTokens, decode, encode } from 'gpt-tokenizer/encoding/o200k_base'

const runCap = 1_000
const primingTokens = 3
const messageFramingTokens = 3
const nameFramingTokens = 1
const toolsFramingTokens = 8
const otherPartTokens = 85

const plainText = { disallowedSpecial: new Set<string>() }

/** The parts of a message that cost tokens. */
export type CountedMessage = {
  role: string
  content?: string | null | readonly CountedPart[] | undefined
  name?: string | undefined
  tool_calls?: unknown
}

export type CountedPart = { type: string; text?: string | undefined; refusal?: string | undefined }

/** Counts the tokens of one text. */
export type CountText = (text: string) => number

/** Tokens of a text, never throwing, with unbroken runs cut as the rule above says. */
export const tokensOf: CountText = (text) => {
  if (text.length <= runCap) return countTokens(text, plainText)
  let tokens = 0
  for (const piece of withoutLongRuns(text)) tokens += countTokens(piece, plainText)
  return tokens
}

/** Prompt tokens of a chat request, by the rule at the top of this file. */
export function promptTokens(
  messages: readonly CountedMessage[],
  tools: unknown,
  count: CountText = tokensOf,
  ofOther: (part: CountedPart) => number = () => otherPartTokens,
): number {
  let total = primingTokens
  for (const message of messages) {
    total += messageFramingTokens + count(message.role)
    if (typeof message.content === 'string') total += count(message.content)
    else for (const part of message.content ?? []) total += partTokens(part, count, ofOther)
    if (message.name !== undefined) total += nameFramingTokens + count(message.name)
    if (message.tool_calls) total += count(JSON.stringify(message.tool_calls))
  }
  if (Array.isArray(tools) && tools.length > 0) total += toolsFramingTokens + count(JSON.stringify(tools))
  return total
}

/**
 * One string for each output token of a text; together they are the text. A token that ends inside
 * a character gives an empty string, and the character comes with the token that completes it.
 */
export function piecesOf(text: string): string[] {
  const pieces: string[] = []
  for (const part of withoutLongRuns(text)) for (const token of encode(part, plainText)) pieces.push(decode([token]))
  return pieces
}

function partTokens(part: CountedPart, count: CountText, ofOther: (part: CountedPart) => number): number {
  if (part.type === 'text') return count(part.text ?? '')
  if (part.type === 'refusal') return count(part.refusal ?? '')
  return ofOther(part)
}

/** A text in pieces, its unbroken runs cut as the rule above says. */
export function* withoutLongRuns(text: string): Generator<string> {
  let pieceStart = 0
  let runStart = 0
  let runIsBlank = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const blank = code <= 32 || code === 0xa0 || code === 0x3000
    const secondOfPair = code >= 0xdc00 && code <= 0xdfff
    if (blank !== runIsBlank) {
      runIsBlank = blank
      runStart = at
    } else if (at - runStart >= runCap && !secondOfPair) {
      yield text.slice(pieceStart, at)
      pieceStart = at
      runStart = at
    }
  }
  yield text.slice(pieceStart)
}
