import type { IncomingMessage } from 'node:http'
import type { Behaviour } from '../behaviour.ts'
import { billNano, priceOf } from '../price/price-of.ts'
import type { Call } from '../record/call.ts'
import type { ChatPlan, Planned } from './chat-plan.ts'

/** The facts of a call that are known when it starts. */
export type CallStart = Pick<
  Call,
  'at' | 'dialect' | 'requestId' | 'receivedRequestId' | 'receivedIdempotencyKey' | 'keyLastFour'
>

/** How an answered call ended, with the output tokens that existed by then. */
export type CallEnd = { end: Call['end']; status: number; generatedTokens: number }

/** A call being answered, as the two ways to answer see it. */
export type OpenCall = {
  id: string
  plan: ChatPlan
  /** Headers of every answer: request id and rate limits. */
  headers: Record<string, string>
  /** Seconds since 1970 of its start. */
  created: number
  /** Output tokens that exist by now; read when the client leaves. */
  generated: () => number
  /** Writes the call into the record, before its last byte leaves. Only the first call counts. */
  end(how: CallEnd): void
}

/** The key a request was sent with, or null. */
export function keyOf(request: IncomingMessage): string | null {
  const header = request.headers.authorization
  if (header === undefined) return null
  return header.replace(/^bearer\s+/i, '').trim() || null
}

/** Reads the start of a call from its headers. */
export function callStart(request: IncomingMessage, requestId: string, at: Date): CallStart {
  return {
    at: at.toISOString(),
    dialect: 'openai-chat',
    requestId,
    receivedRequestId: headerOf(request, 'x-request-id'),
    receivedIdempotencyKey: headerOf(request, 'idempotency-key'),
    keyLastFour: keyOf(request)?.slice(-4) ?? null,
  }
}

/** The record of a call that was refused: it is billed nothing. */
export function refusedCall(
  start: CallStart,
  planned: Planned | null,
  status: number,
  end: Call['end'] = 'complete',
): Omit<Call, 'seq'> {
  return {
    ...start,
    ...asked(planned?.kind === 'plan' ? planned.plan.request : (planned?.request ?? null)),
    status,
    end,
    aborted: end === 'client-left',
    promptTokens: 0,
    completionTokens: 0,
    generatedTokens: 0,
    priced: true,
    billedNano: '0',
  }
}

/**
 * The record and the bill of a call that was answered, at least in part. One that ended early is
 * billed by the mode: `generated`, the output so far and the prompt if there was any output;
 * `full`, as if it had ended well; `none`, nothing.
 */
export function answeredCall(
  start: CallStart,
  plan: ChatPlan,
  { end, status, generatedTokens }: CallEnd,
  mode: Behaviour['abortedBilling'],
): Omit<Call, 'seq'> {
  const full = end === 'complete' || mode === 'full'
  const nothing = !full && (mode === 'none' || generatedTokens === 0)
  const promptTokens = nothing ? 0 : plan.promptTokens
  const completionTokens = nothing ? 0 : full ? plan.completionTokens : generatedTokens
  const price = priceOf(plan.model, new Date(start.at), plan.promptTokens)
  return {
    ...start,
    ...asked(plan.request),
    status,
    end,
    aborted: end === 'client-left',
    promptTokens,
    completionTokens,
    generatedTokens,
    priced: price !== undefined,
    billedNano: price ? String(billNano(price, promptTokens, completionTokens)) : '0',
  }
}

function asked(request: ChatPlan['request'] | null) {
  return {
    model: request?.model ?? null,
    stream: request?.stream ?? false,
    includeUsage: request?.stream_options?.include_usage ?? false,
    maxTokens: request?.max_tokens ?? null,
    maxCompletionTokens: request?.max_completion_tokens ?? null,
    n: request?.n ?? 1,
  }
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}
