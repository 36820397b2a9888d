import type { ChatMessage, ContentPart, ImageCounts } from '@tollkeeper/domain/chat'
import { invalid, isGiven, isObject, unsupported, type Fields } from '../field.ts'

const maxItems = 2_048
const maxImages = 500

const roles = new Set(['user', 'assistant', 'system', 'developer'])

/** What the items of a request cost: messages as they are counted, and images. */
type ReadItems = { messages: ChatMessage[]; images: ImageCounts; refersToKept: boolean }

/**
 * Checks the input: text, or items that can be bounded. None needs an id. `goesOn`: it follows on what the provider kept,
 * where calls may be that it answers.
 *
 * @throws Failure
 */
export function readItems(input: unknown, goesOn: boolean): ReadItems {
  if (typeof input === 'string')
    return { messages: [{ role: 'user', content: input }], images: { low: 0, other: 0 }, refersToKept: goesOn }
  if (!Array.isArray(input)) throw invalid('input', '"input" must be text or a list of items.')
  if (input.length === 0 || input.length > maxItems) throw invalid('input', `"input" must hold 1 to ${maxItems} items.`)
  const images: ImageCounts = { low: 0, other: 0 }
  const calls = new Set<unknown>()
  let refersToKept = goesOn
  const messages = (input as unknown[]).map((item, index): ChatMessage => {
    const where = `input[${index}]`
    if (!isObject(item)) throw invalid(where, 'Each item must be an object.')
    const type = item['type']
    if (type === undefined || type === 'message') return messageOf(item, where, images)
    switch (type) {
      case 'function_call':
      case 'custom_tool_call': {
        const input = type === 'function_call' ? 'arguments' : 'input'
        for (const name of ['call_id', 'name', input])
          if (typeof item[name] !== 'string') throw invalid(`${where}.${name}`, `A call must have its ${name} as text.`)
        calls.add(item['call_id'])
        return { role: 'assistant', call: { name: item['name'], [input]: item[input] } }
      }
      case 'function_call_output':
      case 'custom_tool_call_output':
        if (!refersToKept && !calls.has(item['call_id']))
          throw invalid(`${where}.call_id`, 'An output must answer a call of an earlier item.')
        return { role: 'tool', content: contentOf(item['output'], `${where}.output`, images) }
      // Searches for tools that the caller made: what was asked, and the definitions that were found.
      case 'tool_search_call':
      case 'tool_search_output':
        return { role: type === 'tool_search_call' ? 'assistant' : 'tool', search: item }
      case 'reasoning':
        if (isKept(item)) refersToKept = true
        return reasoningOf(item, where)
      case 'item_reference':
        if (typeof item['id'] !== 'string') throw invalid(`${where}.id`, 'A reference must have the id of an item.')
        refersToKept = true
        return { role: 'assistant' }
      default:
        throw unsupported(
          `${where}.type`,
          'only messages, calls of functions, their outputs and reasoning can be priced',
        )
    }
  })
  if (images.low + images.other > maxImages) throw invalid('input', `A request may carry at most ${maxImages} images.`)
  return { messages, images, refersToKept }
}

/** Reasoning that only its id stands for. */
const isKept = ({ id, encrypted_content: sealed }: Fields): boolean => isGiven(id) && !isGiven(sealed)

function messageOf(item: Fields, where: string, images: ImageCounts): ChatMessage {
  const role = item['role']
  if (typeof role !== 'string' || !roles.has(role))
    throw invalid(`${where}.role`, `The role of a message must be one of ${[...roles].join(', ')}.`)
  return { role, content: contentOf(item['content'], `${where}.content`, images) }
}

/** Sealed reasoning is counted by its letters, which are more than the tokens in it. */
function reasoningOf(item: Fields, where: string): ChatMessage {
  const { summary, encrypted_content: sealed } = item
  if (isGiven(sealed) && typeof sealed !== 'string')
    throw invalid(`${where}.encrypted_content`, '"encrypted_content" must be text.')
  return { role: 'assistant', reasoning: [summary ?? [], item['content'] ?? [], sealed ?? ''] }
}

function contentOf(content: unknown, where: string, images: ImageCounts): string | ContentPart[] {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) throw invalid(where, 'Content must be text or a list of parts.')
  return (content as unknown[]).map((part, index) => partOf(part, `${where}[${index}]`, images))
}

function partOf(part: unknown, where: string, images: ImageCounts): ContentPart {
  if (!isObject(part)) throw invalid(where, 'Each content part must be an object.')
  const { type, text, refusal } = part
  if (type === 'input_text' || type === 'output_text' || type === 'text') {
    if (typeof text === 'string') return { type: 'text', text }
    throw invalid(`${where}.text`, `A content part of type "${type}" must carry text in "text".`)
  }
  if (type === 'refusal') {
    if (typeof refusal === 'string') return { type, refusal }
    throw invalid(`${where}.refusal`, 'A content part of type "refusal" must carry text in "refusal".')
  }
  if (type !== 'input_image')
    throw unsupported(`${where}.type`, 'only content parts of the types "input_text" and "input_image" can be priced')
  images[readImage(part, where)] += 1
  // Images are bounded by their number, not by the bytes that carry them.
  return { type: 'image_url' }
}

/** Addresses are only looked at: nothing here ever fetches one. */
function readImage({ image_url: url, detail }: Fields, where: string): keyof ImageCounts {
  if (typeof url !== 'string' || !/^(?:https:\/\/|data:image\/)/i.test(url))
    throw invalid(`${where}.image_url`, 'The address of an image must begin with "https://" or "data:image/".')
  if (!isGiven(detail) || detail === 'auto' || detail === 'high') return 'other'
  if (detail === 'low') return 'low'
  throw unsupported(`${where}.detail`, 'only the details "auto", "low" and "high" can be priced')
}
