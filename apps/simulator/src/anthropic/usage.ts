import type { OpenCall } from '../call/open-call.ts'
import { type Reported, reportedOf } from '../call/reported.ts'

/** The usage of a whole answer, or undefined for none. */
export function wholeUsage(call: OpenCall): object | null | undefined {
  const reported = reportedOf(call)
  return reported && { ...inputUsage(reported), ...outputUsage(reported), ...constant }
}

/** The usage at the start of a stream: the input is known, and the first token is written. */
export function openingUsage(call: OpenCall): object | null | undefined {
  const reported = reportedOf(call)
  return (
    reported && {
      ...inputUsage(reported),
      ...outputUsage({ ...reported, output: Math.min(1, reported.output), reasoning: 0 }),
      ...constant,
    }
  )
}

/** The usage at the end of a stream. */
export function endingUsage(call: OpenCall, last: boolean): object | null | undefined {
  const reported = reportedOf(call, last)
  if (!reported) return reported
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = inputUsage(reported)
  return {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    ...outputUsage(reported),
    server_tool_use: null,
  }
}

/** Anthropic counts each input token once: those beside the cache, those written, those read. */
const inputUsage = ({ input }: Reported) => ({
  input_tokens: input.uncached,
  cache_creation_input_tokens: input.cacheWrite5m + input.cacheWrite1h,
  cache_read_input_tokens: input.cacheRead,
  cache_creation: {
    ephemeral_5m_input_tokens: input.cacheWrite5m,
    ephemeral_1h_input_tokens: input.cacheWrite1h,
  },
})

const outputUsage = ({ output, reasoning }: Reported) => ({
  output_tokens: output,
  output_tokens_details: { thinking_tokens: reasoning },
})

const constant = { server_tool_use: null, service_tier: 'standard', inference_geo: null, speed: 'standard' }
