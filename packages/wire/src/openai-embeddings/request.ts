import type { ChatRequest, EmbeddedInput } from '@tollkeeper/domain/chat'
import { invalid, isGiven, isObject, unsupported, wholeNumber, type Fields } from '../field.ts'

/** Most inputs of one request, as at OpenAI. */
const maxInputs = 2_048
const mostTokens = 2_147_483_647
const mostDimensions = 65_536

/**
 * Checks a parsed body of `POST /embeddings`. What decides the price is its input alone; other fields pass on unchanged,
 * also `encoding_format`.
 *
 * @throws Failure `invalid_request` or `unsupported_parameter` with the field in `param`
 */
export function readEmbeddingsRequest(body: unknown): ChatRequest {
  if (!isObject(body)) throw invalid('', 'The request body must be a JSON object.')
  const { model, stream, service_tier: tier } = body
  if (typeof model !== 'string' || model === '') throw invalid('model', '"model" must be the name of a model.')
  if (isGiven(stream) && stream !== false) throw invalid('stream', 'Embeddings cannot be streamed.')
  if (isGiven(tier) && tier !== 'auto' && tier !== 'default')
    throw unsupported('service_tier', 'its price is not in the price book, so the cost could not be bounded')
  wholeNumber(body, 'dimensions', 1, mostDimensions)
  return {
    dialect: 'openai-embeddings',
    model,
    messages: [],
    definitions: [],
    embedded: readInput(body),
    hiddenTokens: 0,
    images: { low: 0, other: 0 },
    stream: false,
    wantsUsage: true,
    // Nothing is written, so nothing is held for it.
    maxOutputTokens: 0,
    leastOutputTokens: 0,
    maxOutputField: 'input',
    requestedTokens: wholeNumber(body, 'requestedTokens', 1, mostTokens),
    choices: 1,
    body,
  }
}

/** One text or many, or the tokens of one or many. */
function readInput({ input }: Fields): EmbeddedInput {
  if (typeof input === 'string') return { texts: [textOf(input, 'input')], tokens: 0 }
  if (!Array.isArray(input)) throw invalid('input', '"input" must be text, tokens, or a list of either.')
  const inputs = input as readonly unknown[]
  if (inputs.length === 0) throw invalid('input', '"input" must not be empty.')
  if (typeof inputs[0] === 'number') return { texts: [], tokens: tokensOf(inputs, 'input') }
  if (inputs.length > maxInputs) throw invalid('input', `"input" may hold at most ${maxInputs} inputs.`)
  const texts: string[] = []
  let tokens = 0
  inputs.forEach((each, index) => {
    const where = `input[${index}]`
    if (Array.isArray(each)) tokens += tokensOf(each as unknown[], where)
    else texts.push(textOf(each, where))
  })
  return { texts, tokens }
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw invalid(where, 'An input must be text that is not empty, or tokens.')
}

function tokensOf(list: readonly unknown[], where: string): number {
  if (list.length > 0 && list.every((token) => Number.isInteger(token) && (token as number) >= 0)) return list.length
  throw invalid(where, 'Tokens must be whole numbers, at least one.')
}
