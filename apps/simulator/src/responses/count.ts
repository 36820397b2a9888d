/**
 * Input tokens of a responses request: o200k_base with the framing that chats have here.
 *
 *   3                                        priming of the answer
 *   3 + tokens('system') + tokens(text)      when there are instructions
 *   for each item of the input:
 *     message                3 + tokens(role) + its text, or each part; for an image what `images.ts` says, 85 for the rest
 *     function_call          3 + tokens('assistant') + tokens(JSON.stringify({ name, arguments }))
 *     function_call_output   3 + tokens('tool') + its text
 *     reasoning              the text that is sealed in it
 *   8 + tokens(JSON.stringify(tools))        when there is at least one tool
 */
import { imageTokens } from '../images.ts'
import type { CountText } from '../tokens.ts'
import { type InputItem, type InputMessage, type ResponsesRequest, isMessage, itemsOf } from './responses-request.ts'
import { sealedText } from './sealed-reasoning.ts'

const primingTokens = 3
const framingTokens = 3
const toolsFramingTokens = 8

/** Counts a request by the rule at the top of this file. `worst`: as if every image were as large as can be. */
export function countInput(request: ResponsesRequest, count: CountText, worst: boolean): number {
  const { model, instructions, tools } = request
  let tokens = primingTokens
  if (instructions) tokens += framingTokens + count('system') + count(instructions)
  for (const item of itemsOf(request)) tokens += itemTokens(item)
  if (tools && tools.length > 0) tokens += toolsFramingTokens + count(JSON.stringify(tools))
  return tokens

  function itemTokens(item: InputItem): number {
    if (isMessage(item)) return framingTokens + count(item.role) + contentTokens(item.content)
    switch (item.type) {
      case 'function_call':
        return (
          framingTokens + count('assistant') + count(JSON.stringify({ name: item.name, arguments: item.arguments }))
        )
      case 'function_call_output':
        return framingTokens + count('tool') + contentTokens(item.output)
      case 'reasoning':
        return item.encrypted_content ? count(sealedText(item.encrypted_content)) : 0
    }
  }

  function contentTokens(content: InputMessage['content']): number {
    if (typeof content === 'string') return count(content)
    return content.reduce((sum, part) => {
      const text = part.text ?? part.refusal
      return sum + (text === undefined ? imageTokens(model, part, worst) : count(text))
    }, 0)
  }
}
