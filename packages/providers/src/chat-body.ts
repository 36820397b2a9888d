import type { ChatRequest } from '@tollkeeper/domain/chat'
import type { CapField } from './provider.ts'

/** What is decided per attempt: the provider's name of the model, and the output cap that the hold pays for. */
export type ChatBodyChoice = { model: string; capField: CapField; maxOutputTokens: number }

/**
 * The body for the provider, written once from the parsed request: never the client's bytes, which another parser
 * might read in another way. Model and cap are appended per attempt.
 */
export class ChatBody {
  readonly #head: string
  /** UTF-8 bytes of everything but model and cap. */
  readonly bytes: number

  constructor(request: ChatRequest) {
    const {
      model: _,
      max_tokens: _old,
      max_completion_tokens: _new,
      // Meant for us alone; providers refuse fields they do not know.
      requestedTokens: _ours,
      stream_options: options,
      ...rest
    } = request.body
    const streamed = { ...rest, stream_options: { ...(options as object | undefined), include_usage: true } }
    const text = JSON.stringify(request.stream ? streamed : rest)
    this.#head = text.slice(0, -1)
    this.bytes = Buffer.byteLength(this.#head)
  }

  /** The bytes to send. */
  render(choice: ChatBodyChoice): Buffer {
    return Buffer.from(
      `${this.#head},"model":${JSON.stringify(choice.model)},"${choice.capField}":${choice.maxOutputTokens}}`,
    )
  }
}
