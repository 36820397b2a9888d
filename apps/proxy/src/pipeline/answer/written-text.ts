/** Runs are read when this many bytes have gathered; a short stream that ends well is never read. */
const gatherBytes = 65_536

/**
 * What a model wrote in a stream, for counting it ourselves if the stream ends without a report that can be believed.
 * Keeps the bytes as they came and turns them into text only when there are many, or when it is asked.
 */
export class WrittenText {
  readonly #gather: (run: Buffer, into: Map<number, string>) => void
  readonly #texts = new Map<number, string>()
  #runs: Buffer[] = []
  #bytes = 0

  /** `gather` adds the texts of a run of events, by choice. */
  constructor(gather: (run: Buffer, into: Map<number, string>) => void) {
    this.#gather = gather
  }

  add(run: Buffer): void {
    this.#runs.push(run)
    this.#bytes += run.length
    if (this.#bytes > gatherBytes) this.#read()
  }

  /** One text per choice. */
  texts(): string[] {
    this.#read()
    return [...this.#texts.values()]
  }

  #read(): void {
    for (const run of this.#runs) this.#gather(run, this.#texts)
    this.#runs = []
    this.#bytes = 0
  }
}
