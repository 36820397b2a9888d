import { fail } from '@tollkeeper/domain/failure'
import { orgId, providerId } from '@tollkeeper/domain/id'
import { providerKinds } from '@tollkeeper/domain/policy'
import { originOf, targetOf, verifyProvider, type Caller, type Verification } from '@tollkeeper/providers'
import { readJson } from '@tollkeeper/wire/json'
import { z } from 'zod'
import type { OpenCredential } from '../standing/targets.ts'

const body = z.object({
  orgId,
  providerId,
  kind: z.enum(providerKinds),
  baseUrl: z.url({ protocol: /^https?$/ }),
  sealedCredential: z.string().nullable(),
})

/** `POST /internal/providers/verify`, for the console, which cannot open credentials itself. @throws Failure */
export function makeVerify(deps: { caller: Caller; open: OpenCredential; monotonic: () => number }) {
  return async (bytes: Buffer): Promise<Verification> => {
    const parsed = body.safeParse(readJson(bytes))
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      throw fail(
        'invalid_request',
        { why: `Not a provider: ${issue?.message ?? ''}.` },
        { param: issue?.path.join('.') ?? '' },
      )
    }
    const { kind, baseUrl, sealedCredential } = parsed.data
    let credential: string | null = null
    if (sealedCredential !== null) {
      try {
        const binding = { orgId: parsed.data.orgId, providerId: parsed.data.providerId, origin: originOf(baseUrl) }
        credential = deps.open(sealedCredential, binding)
      } catch {
        return { ok: false, status: null, message: 'The stored credential cannot be opened. Enter it again.' }
      }
    }
    return verifyProvider(deps.caller, targetOf(kind, baseUrl, credential), deps.monotonic)
  }
}
