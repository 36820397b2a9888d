import { z } from 'zod'
import { dialects } from '../chat/index.ts'
import { requestId } from '../id/index.ts'
import { scopeIds } from './attempt-event.ts'

/** Why a request was refused, as the client was told; shown again by the console. Amounts are decimal USD text. */
export const refusalDetail = z.object({
  reason: z.string(),
  scope: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
  period: z.string().nullable(),
  resetsAt: z.string().nullable(),
  limitUsd: z.string().nullable(),
  spentUsd: z.string().nullable(),
  heldUsd: z.string().nullable(),
  estimateUsd: z.string().nullable(),
  maxOutputTokensThatFit: z.int().nullable(),
  retryAfterMs: z.int().nullable(),
})
export type RefusalDetail = z.output<typeof refusalDetail>

/** What an attempt asks of the budgets before one of them clamps it. */
export const requestAsk = z.object({
  /** Upper bound of the input tokens. */
  input: z.int().nonnegative(),
  /** The bound is a count, not the length of the body. */
  exact: z.boolean(),
  /** Output cap of one choice, and the smallest that is still worth an answer. */
  cap: z.int().nonnegative(),
  least: z.int().nonnegative(),
  choices: z.int().positive(),
  priceVersion: z.string(),
})
export type RequestAsk = z.output<typeof requestAsk>

/** Ways in which a request is answered without a call of its own. */
const answeredFromKinds = ['dedup', 'replay'] as const
export type AnsweredFromKind = (typeof answeredFromKinds)[number]

/** How a request was answered without a call of its own: the request that paid, and what that was, in nano-USD. */
export const answeredFrom = z.object({
  kind: z.enum(answeredFromKinds),
  requestId,
  avoided: z.string().regex(/^\d{1,18}$/),
})

/**
 * One entry of the usage stream about a request as its caller saw it: the row that ties attempts together.
 * Money is not in it; the ledger has that.
 */
export const requestEvent = z.object({
  requestId,
  scopes: scopeIds,
  atMs: z.int(),
  /** How many equal refusals this row stands for (repeats within 10 s are folded). */
  count: z.int().min(1),
  dialect: z.enum(dialects),
  stream: z.boolean(),
  modelAsked: z.string().max(256),
  /** Null when no candidate was chosen. */
  modelUsed: z.string().nullable(),
  providerId: z.string().nullable(),
  /** Status the caller received; 499 when it left before the answer was complete. */
  status: z.int(),
  /** Code of the failure catalogue; null for a full answer. */
  failure: z.string().nullable(),
  refusal: refusalDetail.nullable(),
  attempts: z.int().nonnegative(),
  /** Steps of the walk with their end in ms since arrival, in order. */
  timeline: z.array(z.object({ step: z.string(), ms: z.number().nonnegative() })),
  firstByteMs: z.number().nullable(),
  totalMs: z.number(),
  /** Client program as it names itself, cut to 200 characters. */
  userAgent: z.string().max(200).nullable(),
  maxTokensClamped: z.int().nullable(),
  /** The request whose call answered this one too. Absent for a request with calls of its own. */
  answeredFrom: answeredFrom.optional(),
  /** Of the last attempt. Absent before a budget was asked, and in entries of earlier releases. */
  ask: requestAsk.optional(),
})
export type RequestEvent = z.output<typeof requestEvent>
