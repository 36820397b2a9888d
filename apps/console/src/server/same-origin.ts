/**
 * Why a call must not come from where it comes from; null when it may (security.md T-CSRF). Changing calls need our own
 * origin and a JSON body, so that no form of another site can make one; reading calls must not come from another site.
 */
export function whyForeign(request: Request, ownUrl: string): { status: 403 | 415; message: string } | null {
  const site = request.headers.get('sec-fetch-site')
  if (site && site !== 'same-origin' && site !== 'none')
    return { status: 403, message: 'Calls from other sites are not accepted.' }
  if (request.method !== 'POST') return null
  if (request.headers.get('origin') !== new URL(ownUrl).origin) {
    return { status: 403, message: 'Calls from other origins are not accepted.' }
  }
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  return type === 'application/json' ? null : { status: 415, message: 'The body must be application/json.' }
}
