import type { Ready } from '@tollkeeper/testbed/product'

/** A short question to a small model through the gateway, without any client in between. */
export async function ask(
  product: Ready,
  secret: string,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const answer = await fetch(`${product.proxy}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}
