import type { Fault } from '../fault.ts'
import { blocksOf } from './content.ts'
import type { MessagesRequest } from './messages-request.ts'
import { signatureOf } from './signature.ts'

const mostCacheMarks = 4

/**
 * What is wrong with a conversation as a whole: who begins, calls of tools without their results right after them,
 * results without their call, thinking that nobody here signed, too many marks for the cache.
 */
export function conversationFault(request: MessagesRequest): Fault | undefined {
  const { messages } = request
  if (messages[0]?.role !== 'user') return invalid('messages', 'first message must use the "user" role')
  for (const [index, { role, content }] of messages.entries()) {
    const blocks = blocksOf(content)
    const last = index === messages.length - 1
    if (blocks.length === 0 && !(last && role === 'assistant'))
      return invalid(
        `messages.${index}`,
        'all messages must have non-empty content except for the optional final assistant message',
      )
    const fault = blockFault(request, index) ?? unansweredCall(request, index)
    if (fault) return fault
  }
  const marks = cacheMarks(request)
  if (marks > mostCacheMarks)
    return invalid(null, `A maximum of ${mostCacheMarks} blocks with cache_control may be provided. Found ${marks}.`)
  return undefined
}

function blockFault({ messages }: MessagesRequest, index: number): Fault | undefined {
  const { role, content } = messages[index]!
  const called = new Set(idsOfCalls(messages[index - 1]))
  for (const [at, block] of blocksOf(content).entries()) {
    const where = `messages.${index}.content.${at}`
    if ((block.type === 'tool_use' || block.type === 'thinking') && role !== 'assistant')
      return invalid(where, `\`${block.type}\` blocks can only be in \`assistant\` messages`)
    if (block.type === 'tool_result' && role !== 'user')
      return invalid(where, '`tool_result` blocks can only be in `user` messages')
    if (block.type === 'tool_result' && !called.has(block.tool_use_id))
      return invalid(
        where,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    if (block.type === 'thinking' && block.signature !== signatureOf(block.thinking))
      return invalid(where, 'Invalid `signature` in `thinking` block')
  }
  return undefined
}

function unansweredCall({ messages }: MessagesRequest, index: number): Fault | undefined {
  const next = messages[index + 1]
  if (!next) return undefined
  const answered = new Set(
    blocksOf(next.content).flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])),
  )
  const open = idsOfCalls(messages[index]).filter((id) => !answered.has(id))
  if (open.length === 0) return undefined
  return invalid(
    `messages.${index}`,
    `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  )
}

const idsOfCalls = (message: MessagesRequest['messages'][number] | undefined): string[] =>
  message ? blocksOf(message.content).flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])) : []

function cacheMarks(request: MessagesRequest): number {
  const { tools = [], system, messages } = request
  const blocks: readonly object[] = [
    request,
    ...tools,
    ...(Array.isArray(system) ? system : []),
    ...messages.flatMap(({ content }) => blocksOf(content)),
  ]
  return blocks.filter((block) => 'cache_control' in block && block.cache_control).length
}

const invalid = (param: string | null, message: string): Fault => ({ kind: 'invalid', message, param })
