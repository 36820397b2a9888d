import type { Provider, Verification } from '@tollkeeper/db/providers'
import type { OrgId } from '@tollkeeper/domain/id'
import { learnedLimits, type LearnedLimits } from '@tollkeeper/domain/provider-limit'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import { z } from 'zod'
import { consoleEnv } from '#env.ts'
import { refuse } from '#server/refusal.ts'

const answer = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    status: z.int(),
    models: z.array(z.object({ id: z.string(), ownedBy: z.string().nullish() })),
    limits: z.object({ requests: z.number().optional(), tokens: z.number().optional() }).nullable(),
    latencyMs: z.number(),
  }),
  z.object({ ok: z.literal(false), status: z.int().nullable(), message: z.string() }),
])

const learned = z.object({ learned: z.array(learnedLimits) })

const timeoutMs = 45_000

/**
 * Has the proxy call a provider with its credential, which only the proxy can open. Gives what it found.
 *
 * @throws TRPCError when the proxy cannot be asked
 */
export async function askProxyToVerify(
  orgId: OrgId,
  provider: Pick<Provider, 'id' | 'kind' | 'baseUrl'>,
  sealedCredential: string | null,
): Promise<Verification> {
  const { id, kind, baseUrl } = provider
  try {
    return answer.parse(await post('verify', { orgId, providerId: id, kind, baseUrl, sealedCredential }))
  } catch {
    throw refuse('unavailable', 'The gateway could not be asked to verify. Is the proxy running?')
  }
}

/**
 * Has the proxy ask a provider for its limits. Gives those that any proxy has learned of it, too.
 *
 * @throws TRPCError when the proxy cannot be asked
 */
export async function askProxyForLimits(orgId: OrgId, provider: PolicyProvider): Promise<LearnedLimits[]> {
  try {
    return learned.parse(await post('sync-limits', { orgId, providers: [provider] })).learned
  } catch {
    throw refuse('unavailable', 'The gateway could not be asked for limits. Is the proxy running?')
  }
}

async function post(what: string, body: object): Promise<unknown> {
  const { PROXY_PUBLIC_URL, INTERNAL_TOKEN } = consoleEnv()
  const response = await fetch(`${PROXY_PUBLIC_URL}/internal/providers/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${INTERNAL_TOKEN}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
  })
  return response.json()
}
