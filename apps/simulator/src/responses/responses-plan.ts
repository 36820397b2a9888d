import { LRUCache } from 'lru-cache'
import { type Wish, generate } from '../answer/generate.ts'
import type { Asked, CallPlan, Planned } from '../call/call-plan.ts'
import { rememberingCounter } from '../counted-texts.ts'
import type { Fault } from '../fault.ts'
import { type Marks, noMarks, readMarks } from '../marks.ts'
import { modelOf } from '../models.ts'
import { diceOf } from '../prose.ts'
import type { PlanBody } from '../simulation.ts'
import { countInput } from './count.ts'
import { KeptResponses } from './kept.ts'
import { type ResponsesRequest, isMessage, itemsOf, lastUserText, readResponsesRequest } from './responses-request.ts'
import { isSealedFor } from './sealed-reasoning.ts'
import { showResponse } from './show-response.ts'

/** A planner of responses calls that remembers its plans by the text of the body, up to a bound. */
export function responsesPlanner(): PlanBody {
  const kept = new KeptResponses()
  const count = rememberingCounter()
  const plans = new LRUCache<string, { kind: 'plan'; plan: CallPlan }>({
    maxSize: 64 * 1024 * 1024,
    sizeCalculation: ({ plan }, body) => body.length + 200 * plan.completionTokens + 1_000,
  })

  const plan = (body: string, ofEvery: Marks): Planned => {
    const read = readResponsesRequest(body)
    if (read.kind === 'refused') return { ...read, asked: null }
    const { request } = read
    const asked = askedBy(request)
    const refuse = (fault: Fault): Planned => ({ kind: 'refused', fault, asked })

    const model = modelOf(request.model)
    if (!model || model.maxOutputTokens === 0) return refuse({ kind: 'no-model', id: request.model })
    const cap = request.max_output_tokens ?? model.maxOutputTokens
    if (cap > model.maxOutputTokens)
      return refuse({
        kind: 'invalid',
        param: 'max_output_tokens',
        message: `max_output_tokens is too large: ${cap}. This model supports at most ${model.maxOutputTokens} completion tokens.`,
      })
    const marked = readMarks(lastUserText(request))
    if (marked.kind === 'unreadable') return refuse({ kind: 'invalid', param: 'input', message: marked.message })
    const marks = { ...ofEvery, ...marked.marks }

    const answer = generate(wishOf(request, marks, cap), marks, diceOf(`${model.id}\n${JSON.stringify(request.input)}`))
    const planned = {
      kind: 'plan' as const,
      plan: {
        model,
        marks,
        asked,
        promptTokens: countInput(request, count, marks.worst === true),
        prefixes: [],
        completionTokens: answer.tokens,
        reasoningTokens: answer.reasoningTokens,
        lanes: 1,
        longest: answer.tokens,
        keyFault: (key: string | null) => foreignReasoning(request, key),
        ...showResponse(request, answer, kept),
      },
    }
    if (ofEvery === noMarks && answer.tokens <= 10_000) plans.set(body, planned)
    return planned
  }

  return (asked, ofEvery, key) => {
    const body = kept.filledIn(asked, key)
    return (ofEvery === noMarks ? plans.get(body) : undefined) ?? plan(body, ofEvery)
  }
}

/** Models of this family reason unless told not to; others when told to. */
function reasons({ model, reasoning }: ResponsesRequest): boolean {
  if (reasoning?.effort === 'none') return false
  return model.startsWith('gpt-5') || (reasoning?.effort ?? undefined) !== undefined
}

function wishOf(request: ResponsesRequest, marks: Marks, cap: number): Wish {
  const { tools, tool_choice: choice, text } = request
  const format = text?.format
  const functions = (tools ?? []).flatMap(({ type, name, parameters }) =>
    type === 'function' && name !== undefined ? [{ name, schema: parameters ?? { type: 'object' } }] : [],
  )
  const last = itemsOf(request).at(-1)
  const asksUser = last !== undefined && isMessage(last) && last.role === 'user'
  const wanted = marks.tool !== undefined || choice === 'required' || typeof choice === 'object'
  return {
    tools: functions,
    calls: functions.length > 0 && choice !== 'none' && choice !== null && asksUser && wanted,
    forced: typeof choice === 'object' ? choice?.name : undefined,
    json:
      format?.type === 'json_schema'
        ? { schema: format.schema ?? {} }
        : format?.type === 'json_object'
          ? 'any'
          : undefined,
    reasons: reasons(request),
    cap,
  }
}

function foreignReasoning(request: ResponsesRequest, key: string | null): Fault | undefined {
  for (const item of itemsOf(request)) {
    if (item.type !== 'reasoning' || !item.encrypted_content || isSealedFor(item.encrypted_content, key)) continue
    return {
      kind: 'invalid',
      message: `The encrypted content for item ${item.id ?? ''} could not be verified.`,
      param: 'input',
      code: 'invalid_encrypted_content',
    }
  }
  return undefined
}

const askedBy = (request: ResponsesRequest): Asked => ({
  model: request.model,
  stream: request.stream ?? false,
  includeUsage: true,
  maxTokens: null,
  maxCompletionTokens: request.max_output_tokens ?? null,
  n: 1,
})
