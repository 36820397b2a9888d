import type { ChatMessage, ChatRequest, ContentPart } from '@tollkeeper/domain/chat'
import type { TokenEncoding } from '@tollkeeper/domain/policy'
import { countCalmly, loadEncoding, type CountText } from './encodings.ts'

/*
 * How OpenAI frames a chat: 3 tokens prime the answer; each message has 3 and its role; a name has 1 more; the
 * definitions of tools are read as JSON with 8 around them.
 */
const priming = 3
const perMessage = 3
const perName = 1
const perDefinition = 8

/**
 * Upper bound of the input tokens from the length of the body alone: no token is shorter than a byte, and the JSON
 * around each text is longer than the framing the provider puts around it. Costs nothing, about 5 × too high.
 */
export const bytesBound = (bodyBytes: number): number => bodyBytes + priming + perDefinition

/** Texts longer than this together are counted in slices. */
const calmFrom = 65_536

/**
 * Input tokens of a request by the model's own encoding and framing: what the provider will bill for plain text, never
 * less for the rest (tools, earlier calls, parts). Counts no further when there are more than `enough`: then the result
 * only says that there are.
 */
export async function inputTokens(
  request: ChatRequest,
  encoding: TokenEncoding,
  enough = Number.POSITIVE_INFINITY,
): Promise<number> {
  const count = await loadEncoding(encoding)
  if (request.embedded) return request.embedded.tokens + (await countAll(request.embedded.texts, count, enough))
  let framing = priming
  const texts: string[] = []
  for (const message of request.messages) {
    framing += perMessage + (typeof message.name === 'string' ? perName : 0)
    gatherTexts(message, texts)
  }
  for (const definition of request.definitions) {
    framing += perDefinition
    texts.push(JSON.stringify(definition))
  }
  return framing + (await countAll(texts, count, enough))
}

/** Output tokens of texts that a model wrote, for want of a report that can be believed. */
export async function outputTokens(texts: readonly string[], encoding: TokenEncoding): Promise<number> {
  return countAll(texts, await loadEncoding(encoding), Number.POSITIVE_INFINITY)
}

async function countAll(texts: readonly string[], count: CountText, enough: number): Promise<number> {
  let length = 0
  for (const text of texts) length += text.length
  let tokens = 0
  for (const text of texts) {
    tokens += length > calmFrom ? await countCalmly(text, count, enough - tokens) : count(text)
    if (tokens > enough) break
  }
  return tokens
}

/** Calls, results and the like are counted as JSON, without the images in them. */
function textOf(part: ContentPart): string {
  if (part.text !== undefined) return part.text
  if (part.refusal !== undefined) return part.refusal
  return isImage(part) ? '' : JSON.stringify(part, (_, value: unknown) => (isImage(value) ? undefined : value))
}

const isImage = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  (value.type === 'image' || value.type === 'image_url')

// Whatever else a message carries is counted as JSON: more than the provider counts, never less.
const ownRule = new Set(['role', 'content', 'name'])

function gatherTexts(message: ChatMessage, texts: string[]): void {
  texts.push(message.role)
  const { content } = message
  if (typeof content === 'string') texts.push(content)
  // Images are bounded by their number: their tokens do not follow from the bytes that carry them.
  else for (const part of content ?? []) texts.push(textOf(part))
  if (typeof message.name === 'string') texts.push(message.name)
  for (const field in message) {
    const value = message[field]
    if (ownRule.has(field) || value === undefined || value === null) continue
    texts.push(typeof value === 'string' ? value : JSON.stringify(value))
  }
}
