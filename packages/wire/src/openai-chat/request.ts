import type { ChatMessage, ChatRequest } from '@tollkeeper/domain/chat'
import { checkNumber, flag, invalid, isGiven, isObject, wholeNumber, type Fields } from '../field.ts'
import { readMessages } from './messages.ts'
import { refuseDearerParameters } from './price-raising.ts'
import { readDefinitions } from './tools.ts'

/** Answers to one input. More would multiply the hold without need. */
export const maxChoices = 8
/** Far above any model's cap; the model's own cap is checked where the model is known. */
const mostTokens = 2_147_483_647

/**
 * Checks a parsed body of `POST /chat/completions`. Everything that decides the price is judged here or refused;
 * other fields pass on unchanged, also those that are not known yet.
 *
 * @throws Failure `invalid_request` or `unsupported_parameter` with the field in `param`
 */
export function readChatRequest(body: unknown): ChatRequest {
  if (!isObject(body)) throw invalid('', 'The request body must be a JSON object.')
  const model = body['model']
  if (typeof model !== 'string' || model === '') throw invalid('model', '"model" must be the name of a model.')
  const { messages, images } = readMessages(body['messages'])
  refuseDearerParameters(body)
  const stream = flag(body, 'stream', false)
  checkNumber(body, 'temperature', 0, 2)
  checkNumber(body, 'top_p', 0, 1)
  checkNumber(body, 'presence_penalty', -2, 2)
  checkNumber(body, 'frequency_penalty', -2, 2)
  return {
    dialect: 'openai-chat',
    model,
    messages: messages as readonly ChatMessage[],
    definitions: readDefinitions(body),
    hiddenTokens: 0,
    images,
    stream,
    wantsUsage: readStreamOptions(body, stream),
    ...readCap(body),
    leastOutputTokens: null,
    requestedTokens: wholeNumber(body, 'requestedTokens', 1, mostTokens),
    choices: wholeNumber(body, 'n', 1, maxChoices) ?? 1,
    body,
  }
}

function readStreamOptions(body: Fields, stream: boolean): boolean {
  const options = body['stream_options']
  if (!isGiven(options)) return false
  if (!stream) throw invalid('stream_options', '"stream_options" is only allowed when "stream" is true.')
  if (!isObject(options)) throw invalid('stream_options', '"stream_options" must be an object.')
  return flag(options, 'include_usage', false)
}

function readCap(body: Fields): Pick<ChatRequest, 'maxOutputTokens' | 'maxOutputField'> {
  const old = wholeNumber(body, 'max_tokens', 1, mostTokens)
  const current = wholeNumber(body, 'max_completion_tokens', 1, mostTokens)
  if (old !== null && current !== null)
    throw invalid('max_tokens', '"max_tokens" and "max_completion_tokens" cannot be used together.')
  return {
    maxOutputTokens: current ?? old,
    maxOutputField: current === null && old !== null ? 'max_tokens' : 'max_completion_tokens',
  }
}
