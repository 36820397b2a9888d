import type { BuiltKey } from '@tollkeeper/testbed/builders'

/** The parts of a quote that tests look into. */
export type Quote = {
  model: string
  provider: string
  admitted: boolean
  input_tokens: number
  max_output_tokens: number
  max_output_tokens_that_fit: number
  estimate_usd: string
  bound_usd: string
  refusal: null | {
    status: number
    code: string
    type: string
    message: string
    param: string | null
    gateway: Record<string, unknown>
  }
  chain: ({ scope: { type: string }; deciding: boolean } & Record<string, unknown>)[]
  rate_limits: Record<string, unknown>[]
  requests_left: null | { limit: number; remaining: number }
}

/** `POST /v1/quote` with the body of a chat request. */
export async function askQuote(url: string, key: BuiltKey, body: object): Promise<{ status: number; quote: Quote }> {
  const response = await fetch(`${url}/v1/quote`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, quote: (await response.json()) as Quote }
}
