/** A call of a tool, as the client hands it to the application. */
export type ToolCall = { id: string; name: string; input: unknown }

/** What came before, and what is asked last. */
export type Turn =
  | { role: 'user'; text: string; image?: string }
  | { role: 'assistant'; text: string }
  | { role: 'calls'; calls: readonly ToolCall[] }
  | { role: 'results'; results: readonly { id: string; name: string; text: string }[] }

/** One thing an application wants, in no client's words. */
export type Ask = {
  model: string
  turns: readonly Turn[]
  system?: string
  /** Offers `weatherTool`. */
  tool?: boolean
  /** Wants an answer in `placeSchema`. */
  schema?: boolean
  /** Leaves a stream after so many pieces of text. */
  leaveAfter?: number
  /** How often the client itself tries again; as the client does by itself unless it is said. */
  retries?: number
}

/** What an application heard, from a whole answer or from a stream. */
export type Heard = {
  text: string
  calls: readonly ToolCall[]
  /** As the client reports it; null where it does not, or where the application left. */
  usage: { input: number; output: number } | null
}

/** Where a client is pointed at: the only two things that an application changes. */
export type Connection = { url: string; key: string }

/** An official client with its own defaults. */
export type Client = {
  /** As it is shown in the table, with its version. */
  name: string
  /** Why what it reports of a stream is not the provider's own figure; absent where it is. */
  streamUsage?: string
  whole: (to: Connection, ask: Ask) => Promise<Heard>
  stream: (to: Connection, ask: Ask) => Promise<Heard>
  models?: (to: Connection) => Promise<readonly string[]>
  countTokens?: (to: Connection, ask: Ask) => Promise<number>
  /** Vectors of texts. */
  embed?: (to: Connection, model: string, texts: readonly string[]) => Promise<readonly (readonly number[])[]>
}

export const weatherTool = {
  name: 'weather',
  description: 'Weather of a city',
  schema: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const } },
    required: ['city'],
    additionalProperties: false,
  },
}

export const placeSchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, country: { type: 'string' as const } },
  required: ['city', 'country'],
  additionalProperties: false,
}

/** The text of JSON, read; what is no JSON stays as it is, so that a failed comparison shows it. */
export function readInput(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Only what was asked for: clients tell a given `undefined` from an absent field. */
export const given = <Value extends object>(condition: unknown, value: Value): Partial<Value> =>
  condition === undefined || condition === false ? {} : value
