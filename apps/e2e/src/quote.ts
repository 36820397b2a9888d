import type { Ready } from '@tollkeeper/testbed/product'

/** Sends a chat body to one of the gateway's routes, without any client in between. */
export async function post(
  product: Ready,
  secret: string,
  route: 'quote' | 'chat/completions',
  body: object,
): Promise<{ status: number; requestId: string; body: Told }> {
  const answer = await fetch(`${product.proxy}/v1/${route}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return {
    status: answer.status,
    requestId: answer.headers.get('x-request-id') ?? '',
    body: (await answer.json()) as Told,
  }
}

/** The parts of a quote and of a refusal that journeys look into. */
export type Told = {
  admitted: boolean
  max_output_tokens_that_fit: number
  refusal: { gateway: Gateway } | null
  error: { gateway: Gateway }
}
type Gateway = {
  scope: { type: string; name: string }
  limit_usd: string
  spent_usd: string
  held_usd: string
  estimate_usd: string
  max_output_tokens_that_fit: number
}
