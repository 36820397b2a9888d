/** What a running request has taken of limits on concurrency. Given back once, whatever ends it. */
export class Turn {
  #gives: (() => void)[] = []
  #over = false

  /** Notes something to be given back at the end; at once if the end is past. */
  add(give: () => void): void {
    if (this.#over) give()
    else this.#gives.push(give)
  }

  end(): void {
    if (this.#over) return
    this.#over = true
    for (const give of this.#gives) give()
    this.#gives = []
  }
}
