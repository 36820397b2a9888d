import type { ClientStream } from '../answer/relay.ts'
import type { AnswerStream, Bill } from '../exchange.ts'

/** A stream that was kept, told again at once. */
export class ReplayedStream implements AnswerStream {
  readonly #bytes: Buffer
  readonly #bill: Bill
  readonly #ended: (status: number) => void
  #result: AnswerStream['result']

  /** `ended` is called once, with the status that the client saw. */
  constructor(bytes: Buffer, bill: Bill, ended: (status: number) => void) {
    this.#bytes = bytes
    this.#bill = bill
    this.#ended = ended
  }

  get result(): AnswerStream['result'] {
    return this.#result
  }

  get isOver(): boolean {
    return this.#result !== undefined
  }

  start(client: ClientStream | undefined): void {
    this.#result = { bill: this.#bill, failure: null }
    client?.end(this.#bytes)
    this.#ended(client ? 200 : 499)
  }

  /** It has been told by then. */
  clientLeft(): void {}
}
