import type { ChatMessage, ChatRequest, ImageCounts } from '@tollkeeper/domain/chat'
import { checkNumber, flag, invalid, isGiven, isObject, wholeNumber, type Fields } from '../field.ts'
import { readMessages, readSystem } from './messages.ts'
import { refuseDearerParameters } from './price-raising.ts'
import { readTools } from './tools.ts'

/** Far above any model's cap; the model's own cap is checked where the model is known. */
const mostTokens = 2_147_483_647

/** The least that can be set aside for thinking, as at Anthropic. */
const leastThinking = 1_024

/** Instructions that the provider adds when there are tools: more than it states for any of its models. */
const toolInstructions = 1_000

/**
 * Checks a parsed body of `POST /messages`. Everything that decides the price is judged here or refused; other fields
 * pass on unchanged, also those that are not known yet.
 *
 * @throws Failure `invalid_request` or `unsupported_parameter` with the field in `param`
 */
export function readMessagesRequest(body: unknown): ChatRequest {
  if (!isObject(body)) throw invalid('', 'The request body must be a JSON object.')
  const cap = wholeNumber(body, 'max_tokens', 1, mostTokens)
  if (cap === null) throw invalid('max_tokens', '"max_tokens" is required: the most tokens that may be written.')
  return { ...readPrompt(body), maxOutputTokens: cap, leastOutputTokens: readThinking(body, cap) }
}

/** The same for `POST /messages/count_tokens`, which names no cap. @throws Failure */
export function readCountRequest(body: unknown): ChatRequest {
  if (!isObject(body)) throw invalid('', 'The request body must be a JSON object.')
  return readPrompt(body)
}

function readPrompt(body: Fields): ChatRequest {
  const model = body['model']
  if (typeof model !== 'string' || model === '') throw invalid('model', '"model" must be the name of a model.')
  const images: ImageCounts = { low: 0, other: 0 }
  const system = readSystem(body['system'])
  const messages = readMessages(body['messages'], images)
  refuseDearerParameters(body)
  checkNumber(body, 'temperature', 0, 1)
  checkNumber(body, 'top_p', 0, 1)
  checkStops(body['stop_sequences'])
  const tools = readTools(body['tools'])
  const format = formatOf(body)
  return {
    dialect: 'anthropic-messages',
    model,
    messages: (system === undefined ? messages : [{ role: 'system', content: system }, ...messages]) as ChatMessage[],
    definitions: format === undefined ? tools : [...tools, format],
    hiddenTokens: tools.length > 0 ? toolInstructions : 0,
    images,
    stream: flag(body, 'stream', false),
    wantsUsage: true,
    maxOutputTokens: null,
    leastOutputTokens: null,
    maxOutputField: 'max_tokens',
    requestedTokens: wholeNumber(body, 'requestedTokens', 1, mostTokens),
    choices: 1,
    body,
  }
}

function checkStops(stops: unknown): void {
  if (!isGiven(stops)) return
  if (!Array.isArray(stops) || stops.some((each) => typeof each !== 'string'))
    throw invalid('stop_sequences', '"stop_sequences" must be a list of texts.')
}

/** The schema that the answer must follow, in either of its two places. */
export function formatOf(body: Fields): Fields | undefined {
  const config = body['output_config']
  if (isGiven(config) && !isObject(config)) throw invalid('output_config', '"output_config" must be an object.')
  const format = (isObject(config) ? config['format'] : undefined) ?? body['output_format']
  if (!isGiven(format)) return undefined
  if (!isObject(format)) throw invalid('output_config.format', 'The format of the output must be an object.')
  return format
}

/** The smallest cap that leaves room for the thinking that was asked for; null when none was. */
function readThinking(body: Fields, cap: number): number | null {
  const thinking = body['thinking']
  if (!isGiven(thinking)) return null
  if (!isObject(thinking) || typeof thinking['type'] !== 'string')
    throw invalid('thinking', '"thinking" must be an object with a type.')
  if (thinking['type'] !== 'enabled') return null
  const budget = wholeNumber(thinking, 'budget_tokens', leastThinking, mostTokens)
  if (budget === null) throw invalid('thinking.budget_tokens', 'Thinking needs "budget_tokens".')
  // Between calls of tools a model may think beyond the cap of one answer.
  return Math.min(budget + 1, cap)
}
