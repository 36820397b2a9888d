import { LRUCache } from 'lru-cache'
import { type Wish, generate } from '../answer/generate.ts'
import type { Asked, CallPlan, Planned } from '../call/call-plan.ts'
import { rememberingCounter } from '../counted-texts.ts'
import type { Fault } from '../fault.ts'
import { type Marks, noMarks, readMarks } from '../marks.ts'
import { modelOf } from '../models.ts'
import { diceOf } from '../prose.ts'
import { countRequest } from './count.ts'
import { blocksOf } from './content.ts'
import { type MessagesRequest, lastUserText, readMessagesRequest } from './messages-request.ts'
import { showMessage } from './show-message.ts'

/** A planner of messages calls that remembers its plans by the text of the body, up to a bound. */
export function messagesPlanner(): (body: string, ofEvery: Marks) => Planned {
  const count = rememberingCounter()
  const plans = new LRUCache<string, { kind: 'plan'; plan: CallPlan }>({
    maxSize: 64 * 1024 * 1024,
    sizeCalculation: ({ plan }, body) => body.length + 200 * plan.completionTokens + 1_000,
  })

  const plan = (body: string, ofEvery: Marks): Planned => {
    const read = readMessagesRequest(body)
    if (read.kind === 'refused') return { ...read, asked: null }
    const { request } = read
    const asked = askedBy(request)
    const refuse = (fault: Fault): Planned => ({ kind: 'refused', fault, asked })

    const model = modelOf(request.model)
    if (!model || model.maxOutputTokens === 0) return refuse({ kind: 'no-model', id: request.model })
    if (request.max_tokens > model.maxOutputTokens)
      return refuse({
        kind: 'invalid',
        param: 'max_tokens',
        message: `${request.max_tokens} > ${model.maxOutputTokens}, which is the maximum allowed number of output tokens for ${model.id}`,
      })
    const marked = readMarks(lastUserText(request))
    if (marked.kind === 'unreadable') return refuse({ kind: 'invalid', param: 'messages', message: marked.message })
    const marks = { ...ofEvery, ...marked.marks }

    const answer = generate(wishOf(request, marks), marks, diceOf(`${model.id}\n${JSON.stringify(request.messages)}`))
    const counted = countRequest(request, count, marks.worst === true)
    const planned = {
      kind: 'plan' as const,
      plan: {
        model,
        marks,
        asked,
        promptTokens: counted.tokens,
        prefixes: counted.prefixes,
        completionTokens: answer.tokens,
        reasoningTokens: answer.reasoningTokens,
        lanes: 1,
        longest: answer.tokens,
        ...showMessage(answer),
      },
    }
    if (ofEvery === noMarks && answer.tokens <= 10_000) plans.set(body, planned)
    return planned
  }

  return (body, ofEvery) => (ofEvery === noMarks ? plans.get(body) : undefined) ?? plan(body, ofEvery)
}

function wishOf(request: MessagesRequest, marks: Marks): Wish {
  const { tools = [], tool_choice: choice, max_tokens: cap } = request
  const format = request.output_config?.format ?? request.output_format
  return {
    tools: tools.map(({ name, input_schema: schema }) => ({ name, schema })),
    calls: wantsToolCall(request, marks),
    forced: choice?.type === 'tool' ? choice.name : undefined,
    json: format ? { schema: format.schema } : undefined,
    stops: request.stop_sequences ?? [],
    reasons: thinks(request),
    cap,
  }
}

function thinks({ thinking, messages }: MessagesRequest): boolean {
  if (thinking?.type === 'between_tools') return hasResult(messages)
  return thinking !== undefined && thinking.type !== 'disabled'
}

const hasResult = (messages: MessagesRequest['messages']): boolean =>
  blocksOf(messages.at(-1)?.content ?? []).some(({ type }) => type === 'tool_result')

function wantsToolCall({ tools = [], tool_choice: choice, messages }: MessagesRequest, marks: Marks): boolean {
  if (tools.length === 0 || choice?.type === 'none') return false
  if (messages.at(-1)?.role !== 'user' || hasResult(messages)) return false
  return marks.tool !== undefined || choice?.type === 'any' || choice?.type === 'tool'
}

const askedBy = (request: MessagesRequest): Asked => ({
  model: request.model,
  stream: request.stream ?? false,
  includeUsage: true,
  maxTokens: request.max_tokens,
  maxCompletionTokens: null,
  n: 1,
})
