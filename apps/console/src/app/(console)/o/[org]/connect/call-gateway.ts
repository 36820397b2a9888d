import { z } from 'zod'

/** How a call of the gateway ended, as an application would see it. */
export type Called = {
  /** Null: nothing answered. */
  status: number | null
  /** `req_…`; null where the answer names none. */
  requestId: string | null
  /** Why it failed, in a sentence and as a word; null when it did not. */
  failure: { message: string; reason: string } | null
}

const failureBody = z.object({
  error: z.object({
    message: z.string(),
    code: z.string().nullish(),
    gateway: z.object({ reason: z.string().nullish() }).nullish(),
  }),
})

const answerBody = z.object({ choices: z.array(z.unknown()) })

const withinMs = 60_000
/** Enough for a greeting, and little enough to cost next to nothing. */
const maxTokens = 64

/**
 * Asks the gateway to say hi, through the address that applications use, so that the whole way is tried. `gateway` has
 * no `/v1` at its end.
 */
export async function callGateway(gateway: string, key: string, model: string): Promise<Called> {
  let response: Response
  let body: unknown
  try {
    response = await fetch(`${gateway}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'user-agent': 'console-test' },
      body: JSON.stringify({ model, max_tokens: maxTokens, messages: [{ role: 'user', content: 'Say hi' }] }),
      redirect: 'manual',
      signal: AbortSignal.timeout(withinMs),
    })
    body = JSON.parse(await response.text())
  } catch (problem) {
    const message = whyUnanswered(problem, gateway)
    return { status: null, requestId: null, failure: { message, reason: 'unreachable' } }
  }
  const { status } = response
  const requestId = response.headers.get('x-request-id')
  const failed = failureBody.safeParse(body)
  if (failed.success) {
    const { message, code, gateway: detail } = failed.data.error
    return { status, requestId, failure: { message, reason: detail?.reason ?? code ?? 'unknown' } }
  }
  if (status === 200 && answerBody.safeParse(body).success) return { status, requestId, failure: null }
  const message = `What answers at ${gateway} is not the gateway.`
  return { status, requestId: null, failure: { message, reason: 'unreachable' } }
}

function whyUnanswered(problem: unknown, gateway: string): string {
  if (problem instanceof DOMException && problem.name === 'TimeoutError') {
    return `The gateway at ${gateway} did not answer within a minute.`
  }
  if (problem instanceof SyntaxError) return `What answers at ${gateway} is not the gateway.`
  return `Nothing answers at ${gateway}.`
}
