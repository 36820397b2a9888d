import type { ChatRequest } from '@tollkeeper/domain/chat'
import type { UpstreamBody } from '../dialect/wire-dialect.ts'
import { isObject } from '../field.ts'
import { unsealed } from './sealed.ts'

/** The request's body without what is decided per attempt. The cap has only one name in this dialect. */
export function upstreamBody(request: ChatRequest): UpstreamBody {
  // The last is meant for us alone; providers refuse fields they do not know.
  const { model: _, max_output_tokens: _cap, requestedTokens: _ours, input, ...rest } = request.body
  const head = JSON.stringify({ ...rest, input: withoutForeignThoughts(input) }).slice(0, -1)
  return {
    bytes: Buffer.byteLength(head),
    render: ({ model, maxOutputTokens }) =>
      Buffer.from(`${head},"model":${JSON.stringify(model)},"max_output_tokens":${maxOutputTokens}}`),
  }
}

/** Thoughts that the gateway sealed are those of another maker: who speaks this dialect would refuse them. */
const withoutForeignThoughts = (input: unknown): unknown =>
  Array.isArray(input)
    ? (input as unknown[]).filter((item) => !isObject(item) || unsealed(item['encrypted_content']) === undefined)
    : input
