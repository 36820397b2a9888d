/**
 * Input tokens of a messages request: o200k_base with the framing that chats have here.
 *
 *   3                                      priming of the answer
 *   8 + tokens(JSON.stringify(tools))      when there is at least one tool
 *   3 + tokens('system') + its texts       when there is a system prompt
 *   for each message: 3 + tokens(role) + each block:
 *     text, thinking        its text
 *     tool_use              tokens(JSON.stringify({ name, input }))
 *     tool_result           its text, or each block of it
 *     image                 what `images.ts` says; 85 for the rest
 *
 * Beginnings of the prompt are told with their tokens after every block, so that they can be cached. A mark of the
 * request as a whole is one on its last block.
 */
import { createHash } from 'node:crypto'
import type { CachePrefix } from '../call/call-plan.ts'
import { imageTokens } from '../images.ts'
import type { CountText } from '../tokens.ts'
import { type Block, blocksOf } from './content.ts'
import type { MessagesRequest } from './messages-request.ts'

const primingTokens = 3
const framingTokens = 3
const toolsFramingTokens = 8

/** How many tokens a request has, and where it can be cached: nowhere without a mark. */
export type Counted = { tokens: number; prefixes: readonly CachePrefix[] }

/** Counts a request by the rule at the top of this file. `worst`: as if every image were as large as can be. */
export function countRequest(request: MessagesRequest, count: CountText, worst: boolean): Counted {
  const { model, tools = [], system, messages } = request
  const hash = createHash('sha256').update(model)
  const prefixes: CachePrefix[] = []
  let tokens = primingTokens
  let lastMark = 0
  const pass = (part: { cache_control?: CacheMark; [other: string]: unknown }, cost: number) => {
    const { cache_control: mark, ...rest } = part
    tokens += cost
    hash.update(JSON.stringify(rest))
    prefixes.push({ key: hash.copy().digest('base64'), tokens, ttl: mark ? (mark.ttl ?? '5m') : null })
    if (mark) lastMark = prefixes.length
  }

  if (tools.length > 0) {
    const cached = tools.findLast(({ cache_control: mark }) => mark)?.cache_control
    pass(
      { tools: tools.map((tool) => ({ ...tool, cache_control: undefined })), cache_control: cached },
      toolsFramingTokens + count(JSON.stringify(tools)),
    )
  }
  if (system !== undefined && system.length > 0) {
    tokens += framingTokens + count('system')
    const blocks: readonly Block[] = typeof system === 'string' ? [{ type: 'text', text: system }] : system
    for (const block of blocks) pass(block, blockTokens(block))
  }
  for (const { role, content } of messages) {
    tokens += framingTokens + count(role)
    hash.update(role)
    for (const block of blocksOf(content)) pass(block, blockTokens(block))
  }
  const last = prefixes.at(-1)
  if (request.cache_control && last) {
    last.ttl ??= request.cache_control.ttl ?? '5m'
    lastMark = prefixes.length
  }
  return { tokens, prefixes: prefixes.slice(0, lastMark) }

  function blockTokens(block: Block): number {
    switch (block.type) {
      case 'text':
        return count(block.text)
      case 'thinking':
        return count(block.thinking)
      case 'tool_use':
        return count(JSON.stringify({ name: block.name, input: block.input }))
      case 'tool_result': {
        const { content = '' } = block
        if (typeof content === 'string') return count(content)
        return content.reduce((sum, each) => sum + blockTokens(each), 0)
      }
      default:
        return imageTokens(model, block, worst)
    }
  }
}

type CacheMark = { ttl?: '5m' | '1h' | undefined } | null | undefined
