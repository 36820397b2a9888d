import type { Answer } from '../answer/generate.ts'
import type { CallPlan } from '../call/call-plan.ts'
import type { OpenCall } from '../call/open-call.ts'
import type { KeptResponses } from './kept.ts'
import { endedResponse } from './response-body.ts'
import { responseScript } from './response-script.ts'
import { type ResponsesRequest, itemsOf } from './responses-request.ts'

/** How an answer is shown as a response, whole and streamed. */
export function showResponse(
  request: ResponsesRequest,
  answer: Answer,
  kept: KeptResponses,
): Pick<CallPlan, 'whole' | 'script'> {
  const ended = (call: OpenCall) => {
    const response = endedResponse(call, request, answer)
    if (response.store) kept.keep(call.key, call.id, { input: itemsOf(request), output: response.output })
    return response
  }
  return {
    whole: (call) => JSON.stringify(ended(call)),
    script: (call) => responseScript(call, request, { answer, ended }),
  }
}
