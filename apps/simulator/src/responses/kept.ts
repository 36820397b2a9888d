import { LRUCache } from 'lru-cache'

type Item = Readonly<Record<string, unknown>>

/** What is kept of each key's responses, so that they can be gone on from: single items, and whole talks. */
export class KeptResponses {
  readonly #items = new LRUCache<string, Item>({ max: 10_000 })
  readonly #talks = new LRUCache<string, readonly Item[]>({ max: 1_000 })

  /** Keeps a response: all that was said up to and with it. */
  keep(key: string | null, id: string, { input, output }: { input: readonly Item[]; output: readonly Item[] }): void {
    this.#talks.set(`${key}\n${id}`, [...input, ...output])
    for (const item of output) if (typeof item['id'] === 'string') this.#items.set(`${key}\n${item['id']}`, item)
  }

  /** A body with everything in it that it refers to. What is not known stays a reference, which is then refused. */
  filledIn(body: string, key: string | null): string {
    if (!body.includes('"item_reference"') && !body.includes('"previous_response_id":"')) return body
    let asked: Record<string, unknown>
    try {
      asked = JSON.parse(body) as Record<string, unknown>
    } catch {
      return body
    }
    const { input, previous_response_id: before, ...rest } = asked
    const items = Array.isArray(input) ? (input as Item[]) : [{ role: 'user', content: input }]
    const talk = typeof before === 'string' ? this.#talks.get(`${key}\n${before}`) : []
    if (!talk) return body
    const found = items.map((item) =>
      item['type'] === 'item_reference' ? (this.#items.get(`${key}\n${String(item['id'])}`) ?? item) : item,
    )
    return JSON.stringify({ ...rest, input: [...talk, ...found] })
  }
}
