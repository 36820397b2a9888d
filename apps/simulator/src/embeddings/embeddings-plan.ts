import type { Asked, CallPlan, Planned } from '../call/call-plan.ts'
import { reportedOf } from '../call/reported.ts'
import { countEmbedded, textOfTokens } from '../embeddings/embedded-tokens.ts'
import type { Fault } from '../fault.ts'
import { type Marks, readMarks } from '../marks.ts'
import { modelOf } from '../models.ts'
import { inputTotal } from '../price/price-of.ts'
import { type EmbeddingsRequest, inputsOf, readEmbeddingsRequest } from './embeddings-request.ts'
import { vectorOf } from './vector-of.ts'

/** Most tokens of one input, and of all inputs of a request, as at OpenAI. */
const mostTokens = 8_192
const mostTokensTogether = 300_000

/** What the body of an embeddings call asks for. Marks are read from a text that is the only input. */
export function planEmbeddings(body: string, ofEvery: Marks): Planned {
  const read = readEmbeddingsRequest(body)
  if (read.kind === 'refused') return { ...read, asked: null }
  const { request } = read
  const asked = askedBy(request)
  const refuse = (fault: Fault): Planned => ({ kind: 'refused', fault, asked })

  const model = modelOf(request.model)
  if (!model?.dimensions) return refuse({ kind: 'no-model', id: request.model })
  const dimensions = request.dimensions ?? model.dimensions
  if (dimensions > model.dimensions)
    return refuse({
      kind: 'invalid',
      param: 'dimensions',
      message: `Invalid value for 'dimensions': ${dimensions}. Must be less than or equal to ${model.dimensions}.`,
    })
  const inputs = inputsOf(request)
  const counts = inputs.map((input) => (typeof input === 'string' ? countEmbedded(input) : input.length))
  const tokens = counts.reduce((sum, count) => sum + count, 0)
  if (counts.some((count) => count > mostTokens) || tokens > mostTokensTogether)
    return refuse({
      kind: 'invalid',
      param: 'input',
      message: `This model's maximum context length is ${mostTokens} tokens, however you requested ${Math.max(...counts)} tokens (${tokens} in your prompt). Please reduce your prompt.`,
    })
  const [only] = inputs
  const marked = inputs.length === 1 && typeof only === 'string' ? readMarks(only) : readMarks('')
  if (marked.kind === 'unreadable') return refuse({ kind: 'invalid', param: 'input', message: marked.message })

  const whole: CallPlan['whole'] = (call) => {
    const reported = reportedOf(call)
    const prompt = reported && inputTotal(reported.input)
    return JSON.stringify({
      object: 'list',
      data: inputs.map((input, index) => ({
        object: 'embedding',
        index,
        embedding: shown(vectorOf(typeof input === 'string' ? input : textOfTokens(input), dimensions), request),
      })),
      model: model.id,
      usage: reported && { prompt_tokens: prompt, total_tokens: prompt },
    })
  }
  return {
    kind: 'plan',
    plan: {
      model,
      marks: { ...ofEvery, ...marked.marks },
      asked,
      promptTokens: tokens,
      prefixes: [],
      completionTokens: 0,
      reasoningTokens: 0,
      lanes: 1,
      longest: 0,
      whole,
      script: () => {
        throw new Error('Embeddings are never streamed.')
      },
    },
  }
}

const shown = (vector: Float32Array, { encoding_format: format }: EmbeddingsRequest): string | number[] =>
  format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector]

const askedBy = ({ model }: EmbeddingsRequest): Asked => ({
  model,
  stream: false,
  includeUsage: true,
  maxTokens: null,
  maxCompletionTokens: null,
  n: 1,
})
