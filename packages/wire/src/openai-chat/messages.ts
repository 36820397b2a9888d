import type { ImageCounts } from '@tollkeeper/domain/chat'
import { invalid, isGiven, isObject, unsupported, type Fields } from '../field.ts'

/** Most messages of one request (security.md T-DOS). */
const maxMessages = 2_048

const roles = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function'])

/** Most images of one request, as at OpenAI. */
const maxImages = 500

/** Checks the messages: known roles, parts that can be bounded, tool results that answer a call. Counts the images. */
export function readMessages(messages: unknown): { messages: readonly Fields[]; images: ImageCounts } {
  if (!Array.isArray(messages)) throw invalid('messages', '"messages" must be a list of messages.')
  if (messages.length === 0 || messages.length > maxMessages)
    throw invalid('messages', `"messages" must hold 1 to ${maxMessages} messages.`)
  let calls: Set<unknown> | undefined
  const images: ImageCounts = { low: 0, other: 0 }
  for (let index = 0; index < messages.length; index += 1) {
    const message: unknown = messages[index]
    if (!isObject(message)) throw invalid(`messages[${index}]`, 'Each message must be an object.')
    const role = message['role']
    if (typeof role !== 'string' || !roles.has(role))
      throw invalid(`messages[${index}].role`, `The role of a message must be one of ${[...roles].join(', ')}.`)
    if (isGiven(message['name']) && typeof message['name'] !== 'string')
      throw invalid(`messages[${index}].name`, 'The name in a message must be text.')
    checkContent(message, role, index, images)
    if (isGiven(message['tool_calls'])) calls = readCalls(message, index, calls ?? new Set())
    if (role === 'tool' && !calls?.has(message['tool_call_id']))
      throw invalid(`messages[${index}].tool_call_id`, 'A tool message must answer a call of an earlier message.')
  }
  if (images.low + images.other > maxImages)
    throw invalid('messages', `A request may carry at most ${maxImages} images.`)
  return { messages: messages as readonly Fields[], images }
}

function readCalls(message: Fields, index: number, calls: Set<unknown>): Set<unknown> {
  const given = message['tool_calls']
  if (!Array.isArray(given) || message['role'] !== 'assistant')
    throw invalid(`messages[${index}].tool_calls`, '"tool_calls" must be a list, in a message of the assistant.')
  for (const call of given as unknown[]) {
    if (!isObject(call) || typeof call['id'] !== 'string')
      throw invalid(`messages[${index}].tool_calls`, 'Each tool call must be an object with an id.')
    calls.add(call['id'])
  }
  return calls
}

function checkContent(message: Fields, role: string, index: number, images: ImageCounts): void {
  const content = message['content']
  if (typeof content === 'string') return
  const where = `messages[${index}].content`
  if (Array.isArray(content)) {
    if (content.length === 0) throw invalid(where, 'A list of content parts must not be empty.')
    for (let part = 0; part < content.length; part += 1) {
      const image = checkPart(content[part], role, `${where}[${part}]`)
      if (image) images[image] += 1
    }
    return
  }
  if (!isGiven(content) && (role === 'assistant' || role === 'function')) return
  throw invalid(where, 'The content of a message must be text or a list of content parts.')
}

/** Checks one part. Gives what to count it as when it is an image. */
function checkPart(part: unknown, role: string, where: string): keyof ImageCounts | undefined {
  if (!isObject(part)) throw invalid(where, 'Each content part must be an object.')
  const type = part['type']
  if (type === 'text' || type === 'refusal') {
    if (typeof part[type] === 'string') return undefined
    throw invalid(`${where}.${type}`, `A content part of type "${type}" must carry text in "${type}".`)
  }
  if (type === 'image_url') {
    if (role !== 'user') throw invalid(`${where}.type`, 'Only messages of the user may carry images.')
    return readImage(part['image_url'], `${where}.image_url`)
  }
  if (typeof type === 'string')
    throw unsupported(`${where}.type`, 'only content parts of the types "text" and "image_url" can be priced')
  throw invalid(`${where}.type`, 'Each content part must have a type.')
}

/** Addresses are only looked at: nothing here ever fetches one. */
function readImage(image: unknown, where: string): keyof ImageCounts {
  const url = isObject(image) ? image['url'] : undefined
  if (typeof url !== 'string' || !/^(?:https:\/\/|data:image\/)/i.test(url))
    throw invalid(`${where}.url`, 'The address of an image must begin with "https://" or "data:image/".')
  const detail = isObject(image) ? image['detail'] : undefined
  if (!isGiven(detail) || detail === 'auto' || detail === 'high') return 'other'
  if (detail === 'low') return 'low'
  throw unsupported(`${where}.detail`, 'only the details "auto", "low" and "high" can be priced')
}
