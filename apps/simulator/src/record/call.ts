import { z } from 'zod'

const count = z.number().int().nonnegative()
const nano = z.string().regex(/^\d+$/)

/** The dialects that are spoken here. */
const dialects = ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages'] as const

/**
 * One call that reached the provider, as the record keeps it. Tokens and money are what the
 * provider bills, so a refused call has 0 of both; amounts are decimal text of nano-USD.
 */
export const callSchema = z.object({
  seq: count,
  at: z.iso.datetime(),
  dialect: z.enum(dialects),
  /** Our own id, sent as `x-request-id`. */
  requestId: z.string(),
  /** The caller's `x-request-id` and `idempotency-key`, when it sent them. */
  receivedRequestId: z.string().nullable(),
  receivedIdempotencyKey: z.string().nullable(),
  /** The caller's `anthropic-version` and `anthropic-beta`. */
  receivedAnthropicVersion: z.string().nullable().default(null),
  receivedAnthropicBeta: z.string().nullable().default(null),
  /** The last four characters of the key that was used. */
  keyLastFour: z.string().nullable(),
  model: z.string().nullable(),
  stream: z.boolean(),
  includeUsage: z.boolean(),
  maxTokens: count.nullable(),
  maxCompletionTokens: count.nullable(),
  n: count,
  /** HTTP status sent; 0 when none was. */
  status: count,
  /**
   * `complete`; `client-left` before the last byte; on request `cut` by the provider, `failed` with an event that says
   * so, or `garbage` in place of the answer.
   */
  end: z.enum(['complete', 'client-left', 'cut', 'failed', 'garbage']),
  /** True when the client went away before the last byte. */
  aborted: z.boolean(),
  /** All input, with the tokens that were read from the cache of prompts or written to it. */
  promptTokens: count,
  cacheReadTokens: count.default(0),
  cacheWrite5mTokens: count.default(0),
  cacheWrite1hTokens: count.default(0),
  /** All output, with the tokens of reasoning. */
  completionTokens: count,
  reasoningTokens: count.default(0),
  /** Output tokens that existed when the call ended, billed or not. */
  generatedTokens: count,
  /** False for a model that no price list knows; its bill is 0. */
  priced: z.boolean(),
  billedNano: nano,
})

export type Call = z.infer<typeof callSchema>

/** Sums over calls. */
export type Sums = { calls: number; promptTokens: number; completionTokens: number; billedNano: string }

/** What the provider has seen and would bill since the last reset of the record. */
export type Totals = Sums & {
  /** Calls received and not yet ended; they are in no other number. */
  open: number
  /** Most that were open at a time. */
  mostOpen: number
  aborted: number
  cut: number
  unpriced: number
  byStatus: Record<string, number>
  byModel: Record<string, Sums>
}
