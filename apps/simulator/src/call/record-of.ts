import type { IncomingMessage } from 'node:http'
import type { Behaviour } from '../behaviour.ts'
import { type InputTokens, billNano, inputTotal, noInput, priceOf } from '../price/price-of.ts'
import type { Call } from '../record/call.ts'
import type { Asked, CallPlan } from './call-plan.ts'
import type { CallEnd } from './open-call.ts'

/** The facts of a call that are known when it starts. */
export type CallStart = Pick<
  Call,
  | 'at'
  | 'dialect'
  | 'requestId'
  | 'receivedRequestId'
  | 'receivedIdempotencyKey'
  | 'receivedAnthropicVersion'
  | 'receivedAnthropicBeta'
  | 'keyLastFour'
>

/** Reads the start of a call from its headers. */
export function callStart(
  request: IncomingMessage,
  facts: Pick<Call, 'dialect' | 'requestId'> & { at: Date; key: string | null },
): CallStart {
  const { at, key, dialect, requestId } = facts
  return {
    at: at.toISOString(),
    dialect,
    requestId,
    receivedRequestId: headerOf(request, 'x-request-id'),
    receivedIdempotencyKey: headerOf(request, 'idempotency-key'),
    receivedAnthropicVersion: headerOf(request, 'anthropic-version'),
    receivedAnthropicBeta: headerOf(request, 'anthropic-beta'),
    keyLastFour: key?.slice(-4) ?? null,
  }
}

const nothingAsked: Asked = {
  model: null,
  stream: false,
  includeUsage: false,
  maxTokens: null,
  maxCompletionTokens: null,
  n: 1,
}

/** The record of a call that was refused: it is billed nothing. */
export function refusedCall(
  start: CallStart,
  asked: Asked | null,
  status: number,
  end: Call['end'] = 'complete',
): Omit<Call, 'seq'> {
  return {
    ...start,
    ...(asked ?? nothingAsked),
    status,
    end,
    aborted: end === 'client-left',
    ...tokensOf(noInput, 0, 0),
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
  { plan, input }: { plan: CallPlan; input: InputTokens },
  { end, status, generatedTokens }: CallEnd,
  mode: Behaviour['abortedBilling'],
): Omit<Call, 'seq'> {
  const full = end === 'complete' || mode === 'full'
  const nothing = !full && (mode === 'none' || generatedTokens === 0)
  const billedInput = nothing ? noInput : input
  const output = nothing ? 0 : full ? plan.completionTokens : Math.min(generatedTokens, plan.completionTokens)
  const price = priceOf(plan.model, new Date(start.at), plan.promptTokens)
  return {
    ...start,
    ...plan.asked,
    status,
    end,
    aborted: end === 'client-left',
    ...tokensOf(billedInput, output, Math.min(output, plan.reasoningTokens)),
    generatedTokens,
    priced: price !== undefined,
    billedNano: price ? String(billNano(price, billedInput, output)) : '0',
  }
}

function tokensOf(input: InputTokens, output: number, reasoning: number) {
  return {
    promptTokens: inputTotal(input),
    cacheReadTokens: input.cacheRead,
    cacheWrite5mTokens: input.cacheWrite5m,
    cacheWrite1hTokens: input.cacheWrite1h,
    completionTokens: output,
    reasoningTokens: reasoning,
  }
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}
