import type { ChatRequest } from '@tollkeeper/domain/chat'
import type { UpstreamBody } from '../dialect/wire-dialect.ts'

/** The request's body without the model. There is no cap: vectors cost nothing. */
export function upstreamBody(request: ChatRequest): UpstreamBody {
  // The last is meant for us alone; providers refuse fields they do not know.
  const { model: _, requestedTokens: _ours, ...rest } = request.body
  const head = JSON.stringify(rest).slice(0, -1)
  return {
    bytes: Buffer.byteLength(head),
    render: ({ model }) => Buffer.from(`${head},"model":${JSON.stringify(model)}}`),
  }
}
