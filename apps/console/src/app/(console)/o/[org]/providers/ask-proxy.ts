import type { Provider, Verification } from '@tollkeeper/db/providers'
import type { OrgId } from '@tollkeeper/domain/id'
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
  const { PROXY_PUBLIC_URL, INTERNAL_TOKEN } = consoleEnv()
  const { id, kind, baseUrl } = provider
  try {
    const response = await fetch(`${PROXY_PUBLIC_URL}/internal/providers/verify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${INTERNAL_TOKEN}` },
      body: JSON.stringify({ orgId, providerId: id, kind, baseUrl, sealedCredential }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
    return answer.parse(await response.json())
  } catch {
    throw refuse('unavailable', 'The gateway could not be asked to verify. Is the proxy running?')
  }
}
