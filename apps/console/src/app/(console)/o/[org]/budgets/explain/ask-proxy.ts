import { parseUsd } from '@tollkeeper/domain/price'
import { scopeKind, type ScopeIds } from '@tollkeeper/domain/scope'
import { budgetPeriod } from '@tollkeeper/domain/time'
import { z } from 'zod'
import { consoleEnv } from '#env.ts'
import { refuse } from '#server/refusal.ts'

const usd = z.string().transform((text, context) => {
  const nano = parseUsd(text)
  if (nano !== undefined) return nano
  context.addIssue({ code: 'custom', message: 'not an amount' })
  return z.NEVER
})

const quote = z.object({
  model: z.string(),
  provider: z.string(),
  admitted: z.boolean(),
  max_output_tokens: z.int(),
  max_output_tokens_that_fit: z.int(),
  bound_usd: usd,
  refusal: z.object({ message: z.string(), gateway: z.object({ reason: z.string() }) }).nullable(),
  chain: z.array(
    z.object({
      scope: z.object({ type: scopeKind, id: z.string(), name: z.string() }),
      period: budgetPeriod,
      mode: z.enum(['hard', 'soft']),
      limit_usd: usd,
      spent_usd: usd,
      held_usd: usd,
      left_usd: usd,
      resets_at: z.string().nullable(),
      deciding: z.boolean(),
    }),
  ),
})
export type ProxyQuote = z.output<typeof quote>

const failure = z.object({ error: z.object({ message: z.string() }) })
const timeoutMs = 10_000

/** Whose request it would be, as the proxy takes it. */
export type AskedSubject = { key: string } | { scopes: Omit<ScopeIds, 'orgId' | 'keyId'> }

/**
 * Asks the proxy what a request would be answered, by the dry run of the script that holds.
 *
 * @throws TRPCError when the proxy says no, or cannot be asked
 */
export async function askProxyToExplain(asked: {
  orgId: string
  subject: AskedSubject
  model: string
  inputTokens: number
  maxOutputTokens: number | null
}): Promise<ProxyQuote> {
  const { PROXY_PUBLIC_URL, INTERNAL_TOKEN } = consoleEnv()
  let answer: unknown
  try {
    const response = await fetch(`${PROXY_PUBLIC_URL}/internal/explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${INTERNAL_TOKEN}` },
      body: JSON.stringify(asked),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
    answer = await response.json()
  } catch {
    throw refuse('unavailable', 'The gateway could not be asked. Is the proxy running?')
  }
  const said = failure.safeParse(answer)
  if (said.success) throw refuse('invalid', said.data.error.message)
  return quote.parse(answer)
}
