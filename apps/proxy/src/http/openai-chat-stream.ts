import { commentOf, FrameCutter, framesOf } from '@tollkeeper/wire/event-stream'
import { doneFrame, failureFrame, gatherTexts, mayMatter, readEvent, withCost } from '@tollkeeper/wire/openai-chat'
import type { StreamDialect } from '../pipeline/answer/relay.ts'

/** How streams of OpenAI's chat completions are read and written. */
export const openAiChatStream: StreamDialect = {
  makeCutter: () => new FrameCutter(),
  framesOf,
  mayMatter,
  readEvent,
  gatherTexts(run, into) {
    for (const frame of framesOf(run)) gatherTexts(frame, into)
  },
  withCost,
  // For those who read streams with their eyes; every client skips comments.
  ending: (costUsd) => Buffer.concat([commentOf(`x-gateway-cost-usd ${costUsd}`), doneFrame]),
  errorFrame: failureFrame,
  keepAlive: commentOf('keepalive'),
}
