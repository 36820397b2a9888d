import { LRUCache } from 'lru-cache'
import { rememberingCounter } from '../counted-texts.ts'
import { type Marks, readMarks } from '../marks.ts'
import { imageTokens } from '../images.ts'
import { type SimulatedModel, modelOf } from '../models.ts'
import { promptTokens } from '../tokens.ts'
import { type Choice, answerTo } from './answer.ts'
import { type ChatRequest, lastUserText, readChatRequest } from './chat-request.ts'
import { type OpenAiFailure, invalidRequest, modelNotFound } from './failure.ts'

/** Everything about a call that follows from its body alone. */
export type ChatPlan = {
  request: ChatRequest
  model: SimulatedModel
  marks: Marks
  promptTokens: number
  completionTokens: number
  choices: readonly Choice[]
}

/** What a body asks for. A refused one still tells what could be read of it, for the record. */
export type Planned =
  | { kind: 'plan'; plan: ChatPlan }
  | { kind: 'refused'; failure: OpenAiFailure; request: ChatRequest | null }

const rememberedCharacters = 64 * 1024 * 1024
const rememberedOutputTokens = 10_000

/**
 * A planner that remembers its plans by the text of the body, up to a bound: under load most bodies
 * are repeats, and a repeat is neither parsed nor counted again.
 */
export function chatPlanner(): (body: string) => Planned {
  const count = rememberingCounter()
  const plans = new LRUCache<string, Planned & { kind: 'plan' }>({
    maxSize: rememberedCharacters,
    sizeCalculation: ({ plan }, body) => body.length + 200 * plan.completionTokens + 1_000,
  })

  const plan = (body: string): Planned => {
    const read = readChatRequest(body)
    if (read.kind === 'refused') return { ...read, request: null }
    const { request, written } = read
    const refuse = (failure: OpenAiFailure): Planned => ({ kind: 'refused', failure, request })

    const model = modelOf(request.model)
    if (!model) return refuse(modelNotFound(request.model))
    const asked = request.max_completion_tokens ?? request.max_tokens
    const cap = asked ?? model.maxOutputTokens
    if (cap > model.maxOutputTokens) return refuse(aboveModelMaximum(request, cap, model))
    const marks = readMarks(lastUserText(request))
    if (marks.kind === 'unreadable') return refuse(invalidRequest(marks.message, 'messages'))

    const choices = answerTo(request, marks.marks, cap)
    const completionTokens = choices.reduce((sum, choice) => sum + choice.tokens, 0)
    const planned = {
      kind: 'plan' as const,
      plan: {
        request,
        model,
        marks: marks.marks,
        promptTokens: promptTokens(request.messages, written['tools'], count, (part) =>
          imageTokens(model.id, part, marks.marks.worst === true),
        ),
        completionTokens,
        choices,
      },
    }
    if (completionTokens <= rememberedOutputTokens) plans.set(body, planned)
    return planned
  }

  return (body) => plans.get(body) ?? plan(body)
}

function aboveModelMaximum(request: ChatRequest, cap: number, model: SimulatedModel): OpenAiFailure {
  const param = request.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
  return invalidRequest(
    `${param} is too large: ${cap}. This model supports at most ${model.maxOutputTokens} completion tokens, whereas you provided ${cap}.`,
    param,
    'invalid_value',
  )
}
