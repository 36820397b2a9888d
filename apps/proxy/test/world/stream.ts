import type { BuiltKey } from '@tollkeeper/testbed/builders'

/** A stream that is being read. */
export type Streamed = {
  status: number
  headers: Headers
  /** The next event's text without the empty line; undefined at the end of the body. Rejects when the connection breaks. */
  next: () => Promise<string | undefined>
  /** Everything that still comes. */
  rest: () => Promise<string[]>
  /** Breaks the connection. */
  leave: () => void
}

/** Asks for a stream with a key. */
export async function askStream(url: string, key: BuiltKey, body: object): Promise<Streamed> {
  const abort = new AbortController()
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ stream: true, ...body }),
    signal: abort.signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const event = text.slice(0, end)
        text = text.slice(end + 2)
        return event
      }
      const read = await reader?.read()
      if (!read || read.done) {
        if (text !== '') throw new Error(`Ends in the middle of an event: ${text}`)
        return undefined
      }
      text += read.value
    }
  }
  return {
    status: response.status,
    headers: response.headers,
    next,
    async rest() {
      const events: string[] = []
      for (let event = await next(); event !== undefined; event = await next()) events.push(event)
      return events
    },
    leave: () => abort.abort(),
  }
}

/** The parsed data of events, without comments and the end. */
export const chunksOf = (events: readonly string[]): Chunk[] =>
  events
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)) as Chunk)

export type Chunk = {
  choices: { delta: { content?: string }; finish_reason: string | null }[]
  usage?: { prompt_tokens: number; completion_tokens: number; cost?: string } | null
  error?: { message: string; type: string; code: string; gateway: Record<string, unknown> }
}

/** What a stream says, of its first choice. */
export const textOf = (chunks: readonly Chunk[]): string =>
  chunks.map((chunk) => chunk.choices?.[0]?.delta.content ?? '').join('')
