import type { ChatRequest } from '@tollkeeper/domain/chat'
import type { UpstreamBody } from '../dialect/wire-dialect.ts'

/** The request's body without what is decided per attempt; streams always report their usage. */
export function upstreamBody(request: ChatRequest): UpstreamBody {
  const {
    model: _,
    max_tokens: _old,
    max_completion_tokens: _new,
    // Meant for us alone; providers refuse fields they do not know.
    requestedTokens: _ours,
    stream_options: options,
    ...rest
  } = request.body
  const streamed = { ...rest, stream_options: { ...(options as object | undefined), include_usage: true } }
  const head = JSON.stringify(request.stream ? streamed : rest).slice(0, -1)
  return {
    bytes: Buffer.byteLength(head),
    render: ({ model, capField, maxOutputTokens }) =>
      Buffer.from(`${head},"model":${JSON.stringify(model)},"${capField}":${maxOutputTokens}}`),
  }
}
