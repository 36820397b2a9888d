import type { APIRequestContext } from '@playwright/test'
import type { Ready } from '@tollkeeper/testbed/product'

export type Refused = { status: number; message: string }

/**
 * Calls a procedure of the console past its pages, with the cookies of whoever is signed in, and gives how it was
 * refused. Its name is written `query keys.list` or `mutation keys.revoke`.
 */
export async function callProcedure(
  request: APIRequestContext,
  product: Ready,
  name: `${'query' | 'mutation'} ${string}`,
  input: Readonly<Record<string, unknown>>,
): Promise<Refused> {
  const [kind, path] = name.split(' ')
  const url = `${product.console}/api/trpc/${path}`
  const json = JSON.stringify({ json: input })
  const answer =
    kind === 'query'
      ? await request.get(`${url}?input=${encodeURIComponent(json)}`)
      : await request.post(url, {
          data: json,
          headers: { 'content-type': 'application/json', origin: product.console },
        })
  const body = (await answer.json()) as { error?: { json: { message: string } } }
  return { status: answer.status(), message: body.error?.json.message ?? '' }
}
