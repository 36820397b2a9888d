/** One event larger than this is not an answer any more (security.md T-UP). */
export const maxEventBytes = 1_048_576

const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Cuts a byte stream of server-sent events after its last complete event, however the stream is chunked. Lines end
 * with LF or CRLF; an empty line ends an event. Bytes are passed on as they came: nothing is decoded or copied
 * unless an event spans chunks.
 */
export class FrameCutter {
  #pieces: Buffer[] = []
  #held = 0
  #lineLength = 0
  #lastByte = 0
  readonly #maxBytes: number

  constructor(maxBytes = maxEventBytes) {
    this.#maxBytes = maxBytes
  }

  /**
   * Takes the next chunk and gives all events that are complete by now, as one run of bytes; undefined when none is.
   * Gives 'too-large' when an event passed the cap; the cutter is of no use afterwards.
   */
  push(chunk: Buffer): Buffer | undefined | 'too-large' {
    if (chunk.length === 0) return undefined
    const end = this.#endOfLastEvent(chunk)
    const incomplete = end === 0 ? this.#held + chunk.length : chunk.length - end
    if (incomplete > this.#maxBytes) return 'too-large'
    if (end === 0) {
      this.#pieces.push(chunk)
      this.#held += chunk.length
      return undefined
    }
    let complete = end === chunk.length ? chunk : chunk.subarray(0, end)
    if (this.#held > 0) {
      this.#pieces.push(complete)
      complete = Buffer.concat(this.#pieces)
      this.#pieces = []
      this.#held = 0
    }
    if (end < chunk.length) {
      this.#pieces.push(chunk.subarray(end))
      this.#held = chunk.length - end
    }
    return complete
  }

  /** What came after the last complete event: empty for a stream that ended properly. */
  rest(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  #endOfLastEvent(chunk: Buffer): number {
    let end = 0
    let at = 0
    for (let feed = chunk.indexOf(lineFeed); feed >= 0; feed = chunk.indexOf(lineFeed, at)) {
      const length = this.#lineLength + feed - at
      const before = feed > at ? chunk[feed - 1] : this.#lastByte
      this.#lineLength = 0
      at = feed + 1
      if (length === 0 || (length === 1 && before === carriageReturn)) end = at
    }
    this.#lineLength += chunk.length - at
    this.#lastByte = chunk[chunk.length - 1] ?? 0
    return end
  }
}
