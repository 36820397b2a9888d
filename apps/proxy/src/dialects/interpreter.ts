import type { Dialect } from '@tollkeeper/domain/chat'
import { dialectFor, providerOf } from '@tollkeeper/providers'
import { dialectOf, translateRequest, translateStream } from '@tollkeeper/wire/dialect'
import type { Interpreter } from '../pipeline/answer/answer.ts'

/** Between callers and providers: nothing is touched where both speak the same dialect. */
export const interpreter: Interpreter = {
  asSent(chat, { kind }) {
    const spoken = dialectFor(providerOf(kind), chat.dialect)
    return spoken === chat.dialect ? chat : translateRequest(chat, dialectOf(chat.dialect), dialectOf(spoken))
  },
  bodyOf: (sent) => dialectOf(sent.dialect).upstreamBody(sent),
  readAnswer: (body, from) => dialectOf(from).readAnswer(body),
  wholeFor(caller, from, { bytes, answer, tokens, atMs }) {
    if (caller === from) return bytes
    const { usage, ...said } = answer.answer()
    const reasoning = usage.kind === 'usage' ? usage.reasoning : undefined
    const charged = { kind: 'usage' as const, tokens, ...(reasoning !== undefined && { reasoning }) }
    return dialectOf(caller).writeAnswer({ ...said, usage: charged }, atMs)
  },
  streamFor: (caller: Dialect, from, options) =>
    caller === from ? dialectOf(caller).passOn(options) : translateStream(dialectOf(caller), dialectOf(from), options),
}
