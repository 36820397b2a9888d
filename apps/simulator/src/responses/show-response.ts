import type { Answer } from '../answer/generate.ts'
import type { CallPlan } from '../call/call-plan.ts'
import { endedResponse } from './response-body.ts'
import { responseScript } from './response-script.ts'
import type { ResponsesRequest } from './responses-request.ts'

/** How an answer is shown as a response, whole and streamed. */
export function showResponse(request: ResponsesRequest, answer: Answer): Pick<CallPlan, 'whole' | 'script'> {
  return {
    whole: (call) => JSON.stringify(endedResponse(call, request, answer)),
    script: (call) => responseScript(call, request, answer),
  }
}
