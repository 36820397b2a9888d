/** Words of the caller, the system, a tool or the model. */
export type TextPart = { kind: 'text'; text: string }

/** An image, in the request or by its address. `detail: 'low'` asks to look at it coarsely. */
export type ImagePart = {
  kind: 'image'
  source: { kind: 'base64'; mediaType: string; data: string } | { kind: 'url'; url: string }
  detail: 'low' | 'high' | null
}

/** The model wants a tool of the caller to be run. `input` is JSON text, as the model wrote it. */
export type ToolCallPart = { kind: 'tool-call'; id: string; name: string; input: string }

/** What came of a call. */
export type ToolResultPart = {
  kind: 'tool-result'
  callId: string
  parts: readonly (TextPart | ImagePart)[]
  isError: boolean
}

/** What the model thought before it spoke. Only its own maker can check the signature. */
export type ThinkingPart = { kind: 'thinking'; text: string; signature: string | null }

/** One side's part of the talk. Results of tools are the user's. */
export type Turn =
  | { role: 'user'; parts: readonly (TextPart | ImagePart | ToolResultPart)[] }
  | { role: 'assistant'; parts: readonly (TextPart | ToolCallPart | ThinkingPart)[] }

/** A tool that the caller runs. `schema` is the JSON schema of its input. */
export type ToolDefinition = {
  name: string
  description: string | null
  schema: Readonly<Record<string, unknown>>
  strict: boolean | null
}

/** Which tools the model may or must call. */
export type ToolChoice = { kind: 'auto' | 'none' | 'required' } | { kind: 'tool'; name: string }

/** The form of the answer: any JSON, or JSON of a schema. */
export type AnswerForm =
  | { kind: 'json' }
  | { kind: 'schema'; name: string; schema: Readonly<Record<string, unknown>>; strict: boolean | null }

/**
 * What a request asks, in no vendor's words. Only made when the caller's dialect is not one of the provider's. Null
 * stands for what the caller left open.
 */
export type Conversation = {
  model: string
  system: readonly string[]
  turns: readonly Turn[]
  tools: readonly ToolDefinition[]
  toolChoice: ToolChoice | null
  /** Whether several tools may be called at once. */
  parallelCalls: boolean | null
  form: AnswerForm | null
  stop: readonly string[]
  temperature: number | null
  topP: number | null
  /** How much the model should think: a hint, dropped where it cannot be said. */
  effort: string | null
  /** The caller's own end user, as it names it. */
  user: string | null
  /** Output cap of one choice, in tokens. */
  maxOutputTokens: number | null
  stream: boolean
}
