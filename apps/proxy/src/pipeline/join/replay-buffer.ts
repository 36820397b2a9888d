/** Memory that all replay buffers of this process share. */
export type ReplayMemory = { used: number; readonly most: number }

/** Of one stream: an answer of 100,000 tokens is shorter. */
const mostBytes = 1_048_576

/**
 * The pieces of a stream, so that somebody who joins later gets it from its beginning. Keeps all of them while it is
 * open; once it is closed, only what somebody still has to read.
 */
export class ReplayBuffer {
  readonly #memory: ReplayMemory
  readonly #pieces: Buffer[] = []
  /** Number of the first piece that is kept. */
  #first = 0
  /** Bytes of those that are kept. */
  #bytes = 0
  #open = true
  /** Bytes that it was ever given. */
  total = 0

  constructor(memory: ReplayMemory) {
    this.#memory = memory
  }

  /** Takes the next piece. False when it must be closed: it, or all of them together, have become too large. */
  push(piece: Buffer): boolean {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    this.total += piece.length
    if (!this.#open) return true
    this.#memory.used += piece.length
    return this.#bytes <= mostBytes && this.#memory.used <= this.#memory.most
  }

  /** Number of the piece that comes next. */
  get end(): number {
    return this.#first + this.#pieces.length
  }

  /** A piece that is still kept. */
  at(number: number): Buffer {
    const piece = this.#pieces[number - this.#first]
    if (!piece) throw new Error(`Piece ${number} is not kept`)
    return piece
  }

  /** Nobody begins at the beginning any more. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#memory.used -= this.#bytes
  }

  /** Forgets the pieces that everybody has. */
  dropBefore(number: number): void {
    const many = Math.min(number, this.end) - this.#first
    if (many <= 0) return
    for (const piece of this.#pieces.splice(0, many)) this.#bytes -= piece.length
    this.#first += many
  }
}
