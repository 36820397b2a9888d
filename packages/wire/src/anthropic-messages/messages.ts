import type { ImageCounts } from '@tollkeeper/domain/chat'
import { invalid, isGiven, isObject, unsupported, type Fields } from '../field.ts'

/** Most messages of one request (security.md T-DOS). */
const maxMessages = 2_048

/** Most images of one request, as at Anthropic. */
const maxImages = 600

/** Which blocks a message of each role may hold. */
const allowed: Readonly<Record<string, ReadonlySet<string>>> = {
  user: new Set(['text', 'image', 'tool_result']),
  assistant: new Set(['text', 'tool_use', 'thinking', 'redacted_thinking']),
  system: new Set(['text']),
  tool_result: new Set(['text', 'image']),
}

/** The fields of a block that must be text, by its type. */
const textFields: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  tool_use: ['id', 'name'],
  tool_result: ['tool_use_id'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
}

/** The system prompt: text or blocks of text; undefined when there is none. @throws Failure */
export function readSystem(system: unknown): string | readonly Fields[] | undefined {
  if (!isGiven(system)) return undefined
  if (typeof system === 'string') return system
  return readBlocks(system, 'system', { where: 'system', images: { low: 0, other: 0 }, calls: new Set() })
}

type Reading = { where: string; images: ImageCounts; calls: Set<unknown> }

/** Checks the messages: known blocks that can be bounded, results that answer a call. Counts the images. */
export function readMessages(messages: unknown, images: ImageCounts): readonly Fields[] {
  if (!Array.isArray(messages)) throw invalid('messages', '"messages" must be a list of messages.')
  if (messages.length === 0 || messages.length > maxMessages)
    throw invalid('messages', `"messages" must hold 1 to ${maxMessages} messages.`)
  const calls = new Set<unknown>()
  for (let index = 0; index < messages.length; index += 1) {
    const message: unknown = messages[index]
    const where = `messages[${index}]`
    if (!isObject(message)) throw invalid(where, 'Each message must be an object.')
    const { role, content } = message
    if (role !== 'user' && role !== 'assistant')
      throw invalid(`${where}.role`, 'The role of a message must be user or assistant.')
    if (typeof content !== 'string') readBlocks(content, role, { where: `${where}.content`, images, calls })
  }
  if (images.low + images.other > maxImages)
    throw invalid('messages', `A request may carry at most ${maxImages} images.`)
  return messages as readonly Fields[]
}

function readBlocks(blocks: unknown, of: string, reading: Reading): readonly Fields[] {
  if (!Array.isArray(blocks)) throw invalid(reading.where, 'The content must be text or a list of blocks.')
  for (let index = 0; index < blocks.length; index += 1)
    readBlock(blocks[index], of, { ...reading, where: `${reading.where}[${index}]` })
  return blocks as readonly Fields[]
}

function readBlock(block: unknown, of: string, reading: Reading): void {
  const { where, images, calls } = reading
  if (!isObject(block) || typeof block['type'] !== 'string')
    throw invalid(where, 'Each block must be an object with a type.')
  const { type } = block
  if (!allowed[of]?.has(type)) {
    if (Object.values(allowed).some((types) => types.has(type)))
      throw invalid(`${where}.type`, `A block of the type "${type}" has no place here.`)
    throw unsupported(`${where}.type`, `blocks of the type "${type.slice(0, 64)}" cannot be priced`)
  }
  for (const name of textFields[type] ?? [])
    if (typeof block[name] !== 'string')
      throw invalid(`${where}.${name}`, `A block of the type "${type}" must carry text in "${name}".`)
  if (type === 'image') {
    checkImage(block['source'], `${where}.source`)
    images.other += 1
  } else if (type === 'tool_use') {
    if (!isObject(block['input'])) throw invalid(`${where}.input`, 'The input of a call must be an object.')
    calls.add(block['id'])
  } else if (type === 'tool_result') {
    if (!calls.has(block['tool_use_id']))
      throw invalid(`${where}.tool_use_id`, 'A result must answer a call of an earlier message.')
    const { content } = block
    if (isGiven(content) && typeof content !== 'string')
      readBlocks(content, 'tool_result', { ...reading, where: `${where}.content` })
  }
}

/** Addresses are only looked at: nothing here ever fetches one. */
function checkImage(source: unknown, where: string): void {
  if (isObject(source) && source['type'] === 'url') {
    if (typeof source['url'] === 'string' && /^https:\/\//i.test(source['url'])) return
    throw invalid(`${where}.url`, 'The address of an image must begin with "https://".')
  }
  if (!isObject(source) || source['type'] !== 'base64')
    throw unsupported(`${where}.type`, 'only images of the types "base64" and "url" can be priced')
  if (typeof source['media_type'] !== 'string' || !source['media_type'].startsWith('image/'))
    throw invalid(`${where}.media_type`, 'The media type of an image must begin with "image/".')
  if (typeof source['data'] !== 'string') throw invalid(`${where}.data`, 'The data of an image must be base64 text.')
}
