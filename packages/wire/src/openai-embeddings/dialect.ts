import { untranslatable } from '../dialect/untranslatable.ts'
import type { WireDialect } from '../dialect/wire-dialect.ts'
import { commentOf } from '../event-stream/index.ts'
import { failureBody, failureFrame, statusOf } from '../openai-chat/failure.ts'
import { readVectors } from './answer.ts'
import { upstreamBody } from './body.ts'
import { readEmbeddingsRequest } from './request.ts'

/** There is nothing to translate vectors into: providers speak this dialect or have none. */
const cannot = (): never => {
  throw untranslatable('embeddings', 'model')
}
/** A request that asks for a stream is refused, so there never is one. */
const neverStreamed = (): never => {
  throw new Error('Embeddings are never streamed')
}

/** OpenAI's embeddings: answered by vectors, never streamed, never translated. Refused as its chats are. */
export const openAiEmbeddings: WireDialect = {
  name: 'openai-embeddings',
  readRequest: readEmbeddingsRequest,
  toNeutral: cannot,
  fromNeutral: cannot,
  upstreamBody,
  readAnswer: readVectors,
  writeAnswer: cannot,
  passOn: neverStreamed,
  makeReader: neverStreamed,
  makeWriter: neverStreamed,
  statusOf,
  failureBody,
  failureFrame,
  keepAlive: commentOf('keepalive'),
}
