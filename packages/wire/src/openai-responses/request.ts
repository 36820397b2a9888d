import type { ChatRequest } from '@tollkeeper/domain/chat'
import { checkNumber, flag, invalid, isGiven, isObject, unsupported, wholeNumber, type Fields } from '../field.ts'
import { readItems } from './items.ts'
import { refuseDearerParameters } from './price-raising.ts'

const mostTokens = 2_147_483_647
/** Least cap that OpenAI takes. */
const leastOutputTokens = 16
/** Most tools of one request, as at OpenAI. */
const maxTools = 128

/** Tools that run at the caller and have a name. */
const named = new Set(['function', 'custom'])

/** A search for more tools that the caller makes itself: it has no name, and costs what the model reads and writes. */
const isOwnSearch = (tool: Fields): boolean => tool['type'] === 'tool_search' && tool['execution'] === 'client'

/**
 * Checks a parsed body of `POST /responses`. Everything that decides the price is judged here or refused; other fields
 * pass on unchanged, also those that are not known yet.
 *
 * @throws Failure `invalid_request` or `unsupported_parameter` with the field in `param`
 */
export function readResponsesRequest(body: unknown): ChatRequest {
  if (!isObject(body)) throw invalid('', 'The request body must be a JSON object.')
  const { model, instructions } = body
  if (typeof model !== 'string' || model === '') throw invalid('model', '"model" must be the name of a model.')
  if (isGiven(instructions) && typeof instructions !== 'string')
    throw invalid('instructions', '"instructions" must be text.')
  const goesOn = isGiven(body['previous_response_id']) || isGiven(body['conversation'])
  const { messages, images, refersToKept } = readItems(body['input'], goesOn)
  refuseDearerParameters(body)
  checkNumber(body, 'temperature', 0, 2)
  checkNumber(body, 'top_p', 0, 1)
  const told =
    typeof instructions === 'string' && instructions !== '' ? [{ role: 'system', content: instructions }] : []
  return {
    dialect: 'openai-responses',
    model,
    messages: [...told, ...messages],
    definitions: readDefinitions(body),
    hiddenTokens: 0,
    images,
    readsKept: refersToKept,
    stream: flag(body, 'stream', false),
    wantsUsage: true,
    maxOutputTokens: wholeNumber(body, 'max_output_tokens', leastOutputTokens, mostTokens),
    leastOutputTokens: null,
    maxOutputField: 'max_output_tokens',
    requestedTokens: wholeNumber(body, 'requestedTokens', 1, mostTokens),
    choices: 1,
    body,
  }
}

/** What the model reads besides the items: tools, and the schema of the answer. */
function readDefinitions(body: Fields): unknown[] {
  const definitions: unknown[] = []
  const { tools, text } = body
  if (isGiven(tools)) {
    if (!Array.isArray(tools)) throw invalid('tools', '"tools" must be a list.')
    if (tools.length > maxTools) throw invalid('tools', `"tools" may hold at most ${maxTools} entries.`)
    tools.forEach(checkTool)
    if (tools.length > 0) definitions.push(tools)
  }
  if (isGiven(text)) {
    if (!isObject(text)) throw invalid('text', '"text" must be an object.')
    const { format } = text
    if (isGiven(format) && !isObject(format)) throw invalid('text.format', '"text.format" must be an object.')
    if (isObject(format) && isGiven(format['schema'])) definitions.push(format)
  }
  return definitions
}

function checkTool(tool: unknown, index: number): void {
  if (!isObject(tool) || typeof tool['type'] !== 'string')
    throw invalid(`tools[${index}]`, 'Each tool must be an object with a type.')
  if (isOwnSearch(tool)) return
  if (!named.has(tool['type']))
    throw unsupported(
      `tools[${index}].type`,
      'tools that run at the provider have a price per call that is not bounded here',
    )
  if (typeof tool['name'] !== 'string') throw invalid(`tools[${index}].name`, 'Each tool must have a name.')
}
