import type { BuiltKey } from '@tollkeeper/testbed/builders'

/** One message of a user, to the small model. */
export const says = (content: string, more: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content }],
  ...more,
})

/** The parts of bodies that tests look into. */
export type Body = {
  choices: [{ message: { content: string; tool_calls: { id: string }[] }; finish_reason: string }]
  usage: { prompt_tokens: number; completion_tokens: number; cost?: string }
  error: { message: string; type: string; param: string | null; code: string | null; gateway: Record<string, unknown> }
  data: { id: string }[]
}

/** An answer of a route, with its parsed body. */
export type Asked = { status: number; headers: Headers; body: Body; text: string }

/** `POST /v1/chat/completions` with a key. */
export async function ask(
  url: string,
  key: BuiltKey,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Asked> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return read(response)
}

/** `GET` of a path with a key. */
export const get = async (url: string, key: BuiltKey): Promise<Asked> =>
  read(await fetch(url, { headers: { authorization: `Bearer ${key.secret}` } }))

async function read(response: Response): Promise<Asked> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as Body }
}
