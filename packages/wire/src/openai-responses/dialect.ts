import type { WireDialect } from '../dialect/wire-dialect.ts'
import { failureBody, statusOf } from '../openai-chat/failure.ts'
import { upstreamBody } from './body.ts'
import { keepAlive, passOn } from './pass-on.ts'
import { failedFrame } from './failed.ts'
import { fromNeutral } from './from-neutral.ts'
import { makeReader } from './reader.ts'
import { readResponsesRequest } from './request.ts'
import { toNeutral } from './to-neutral.ts'
import { readAnswer, writeAnswer } from './whole.ts'
import { makeWriter } from './writer.ts'

/** OpenAI's responses. Refused as its chats are. */
export const openAiResponses: WireDialect = {
  name: 'openai-responses',
  readRequest: readResponsesRequest,
  toNeutral,
  fromNeutral,
  upstreamBody,
  readAnswer,
  writeAnswer,
  passOn,
  makeReader,
  makeWriter,
  statusOf,
  failureBody,
  failureFrame: (failure) => failedFrame(failure),
  keepAlive,
}
