import type { WireDialect } from '../dialect/wire-dialect.ts'
import { upstreamBody } from './body.ts'
import { keepAlive, passOn } from './events.ts'
import { failureBody, failureFrame, statusOf } from './failure.ts'
import { fromNeutral } from './from-neutral.ts'
import { makeReader } from './reader.ts'
import { readMessagesRequest } from './request.ts'
import { toNeutral } from './to-neutral.ts'
import { readAnswer, writeAnswer } from './whole.ts'
import { makeWriter } from './writer.ts'

/** Anthropic's messages. */
export const anthropicMessages: WireDialect = {
  name: 'anthropic-messages',
  readRequest: readMessagesRequest,
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
  failureFrame,
  keepAlive,
}
