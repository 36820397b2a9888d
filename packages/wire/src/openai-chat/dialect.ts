import type { WireDialect } from '../dialect/wire-dialect.ts'
import { readWholeAnswer } from './answer.ts'
import { upstreamBody } from './body.ts'
import { failureBody, failureFrame, statusOf } from './failure.ts'
import { fromNeutral } from './from-neutral.ts'
import { keepAlive, passOn } from './pass-on.ts'
import { makeReader } from './reader.ts'
import { readChatRequest } from './request.ts'
import { toNeutral } from './to-neutral.ts'
import { writeAnswer } from './whole.ts'
import { makeWriter } from './writer.ts'

/** OpenAI's chat completions. */
export const openAiChat: WireDialect = {
  name: 'openai-chat',
  readRequest: readChatRequest,
  toNeutral,
  fromNeutral,
  upstreamBody,
  readAnswer: readWholeAnswer,
  writeAnswer,
  passOn,
  makeReader,
  makeWriter,
  statusOf,
  failureBody,
  failureFrame,
  keepAlive,
}
