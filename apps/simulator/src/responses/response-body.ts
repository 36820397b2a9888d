import type { Answer } from '../answer/generate.ts'
import type { OpenCall } from '../call/open-call.ts'
import { reportedOf } from '../call/reported.ts'
import { inputTotal } from '../price/price-of.ts'
import { itemsOfAnswer } from './output-item.ts'
import type { ResponsesRequest } from './responses-request.ts'

/** The response before anything was written. */
export function openResponse({ id, plan, created }: OpenCall, request: ResponsesRequest) {
  return {
    id,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    background: false,
    error: null as object | null,
    incomplete_details: null as object | null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    model: plan.model.id,
    output: [] as object[],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    service_tier: 'default',
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: { format: request.text?.format ?? { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: request.top_p ?? 1,
    truncation: 'disabled',
    usage: null as object | null | undefined,
    user: request.user ?? null,
    metadata: request.metadata ?? {},
  }
}

/** The response when it is all written. */
export function endedResponse(call: OpenCall, request: ResponsesRequest, answer: Answer) {
  const cut = answer.ended === 'length'
  return {
    ...openResponse(call, request),
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: itemsOfAnswer(call, request, answer).map(({ whole }) => ({ ...whole })),
    usage: usageOf(call),
  }
}

/** The response when it broke on the way. */
export const failedResponse = (call: OpenCall, request: ResponsesRequest) => ({
  ...openResponse(call, request),
  status: 'failed',
  error: { code: 'server_error', message: 'The simulator was told to fail here.' },
})

function usageOf(call: OpenCall): object | null | undefined {
  const reported = reportedOf(call)
  if (!reported) return reported
  // A lie may be a text, which is to stay one.
  const { uncached } = reported.input
  const input = typeof uncached === 'number' ? inputTotal(reported.input) : uncached
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: reported.input.cacheRead },
    output_tokens: reported.output,
    output_tokens_details: { reasoning_tokens: reported.reasoning },
    total_tokens: input + reported.output,
  }
}
