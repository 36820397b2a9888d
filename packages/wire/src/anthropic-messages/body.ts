import type { ChatRequest } from '@tollkeeper/domain/chat'
import type { UpstreamBody } from '../dialect/wire-dialect.ts'

/** The request's body without what is decided per attempt. */
export function upstreamBody(request: ChatRequest): UpstreamBody {
  const { model: _, max_tokens: _cap, requestedTokens: _ours, ...rest } = request.body
  const head = JSON.stringify(rest).slice(0, -1)
  return {
    bytes: Buffer.byteLength(head),
    render: ({ model, maxOutputTokens }) =>
      Buffer.from(`${head},"model":${JSON.stringify(model)},"max_tokens":${maxOutputTokens}}`),
  }
}

/** The body that asks a provider how many tokens a request has. `model` is the provider's name of it. */
export function countBody({ body }: ChatRequest, model: string): Buffer {
  const { max_tokens: _cap, stream: _stream, requestedTokens: _ours, ...rest } = body
  return Buffer.from(JSON.stringify({ ...rest, model }))
}
