import { LRUCache } from 'lru-cache'
import type { Asked, CallPlan, Planned } from '../call/call-plan.ts'
import { rememberingCounter } from '../counted-texts.ts'
import type { Fault } from '../fault.ts'
import { type Marks, noMarks, readMarks } from '../marks.ts'
import { imageTokens } from '../images.ts'
import { type SimulatedModel, modelOf } from '../models.ts'
import { promptTokens } from '../tokens.ts'
import { answerTo } from './answer.ts'
import { type ChatRequest, lastUserText, readChatRequest } from './chat-request.ts'
import { showChat } from './show-chat.ts'

const rememberedCharacters = 64 * 1024 * 1024
const rememberedOutputTokens = 10_000

/**
 * A planner that remembers its plans by the text of the body, up to a bound: under load most bodies
 * are repeats, and a repeat is neither parsed nor counted again.
 */
export function chatPlanner(): (body: string, ofEvery: Marks) => Planned {
  const count = rememberingCounter()
  const plans = new LRUCache<string, { kind: 'plan'; plan: CallPlan }>({
    maxSize: rememberedCharacters,
    sizeCalculation: ({ plan }, body) => body.length + 200 * plan.completionTokens + 1_000,
  })

  const plan = (body: string, ofEvery: Marks): Planned => {
    const read = readChatRequest(body)
    if (read.kind === 'refused') return { ...read, asked: null }
    const { request, written } = read
    const asked = askedBy(request)
    const refuse = (fault: Fault): Planned => ({ kind: 'refused', fault, asked })

    const model = modelOf(request.model)
    if (!model || model.maxOutputTokens === 0) return refuse({ kind: 'no-model', id: request.model })
    const cap = request.max_completion_tokens ?? request.max_tokens ?? model.maxOutputTokens
    if (cap > model.maxOutputTokens) return refuse(aboveModelMaximum(request, cap, model))
    const marked = readMarks(lastUserText(request))
    if (marked.kind === 'unreadable') return refuse({ kind: 'invalid', message: marked.message, param: 'messages' })

    const marks = { ...ofEvery, ...marked.marks }
    const choices = answerTo(request, marks, cap)
    const completionTokens = choices.reduce((sum, choice) => sum + choice.tokens, 0)
    const planned = {
      kind: 'plan' as const,
      plan: {
        model,
        marks,
        asked,
        promptTokens: promptTokens(request.messages, written['tools'], count, (part) =>
          imageTokens(model.id, part, marks.worst === true),
        ),
        prefixes: [],
        completionTokens,
        reasoningTokens: 0,
        lanes: choices.length,
        longest: Math.max(...choices.map(({ tokens }) => tokens)),
        ...showChat(choices),
      },
    }
    if (ofEvery === noMarks && completionTokens <= rememberedOutputTokens) plans.set(body, planned)
    return planned
  }

  return (body, ofEvery) => (ofEvery === noMarks ? plans.get(body) : undefined) ?? plan(body, ofEvery)
}

function aboveModelMaximum(request: ChatRequest, cap: number, model: SimulatedModel): Fault {
  const param = request.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
  const message = `${param} is too large: ${cap}. This model supports at most ${model.maxOutputTokens} completion tokens, whereas you provided ${cap}.`
  return { kind: 'invalid', message, param, code: 'invalid_value' }
}

const askedBy = (request: ChatRequest): Asked => ({
  model: request.model,
  stream: request.stream ?? false,
  includeUsage: request.stream_options?.include_usage ?? false,
  maxTokens: request.max_tokens ?? null,
  maxCompletionTokens: request.max_completion_tokens ?? null,
  n: request.n ?? 1,
})
