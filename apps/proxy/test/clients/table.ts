type Mark = 'ok' | 'FAILED' | { absent: string }

/** Clients and scenarios, and what came of each; why a cell is empty is said below. */
export class Table {
  readonly #columns: readonly string[]
  readonly #rows = new Map<string, Map<string, Mark>>()

  constructor(columns: readonly string[]) {
    this.#columns = columns
  }

  set(row: string, column: string, ok: boolean): void {
    this.#mark(row, column, ok ? 'ok' : 'FAILED')
  }

  empty(row: string, column: string, why: string): void {
    this.#mark(row, column, { absent: why })
  }

  text(): string {
    const reasons: string[] = []
    const first = Math.max(...[...this.#rows.keys()].map((row) => row.length), 0)
    const lines = [[''.padEnd(first), ...this.#columns].join('  ')]
    for (const [row, marks] of this.#rows) {
      const cells = this.#columns.map((column) => {
        const mark = marks.get(column) ?? ''
        if (typeof mark === 'string') return mark.padEnd(column.length)
        if (!reasons.includes(mark.absent)) reasons.push(mark.absent)
        return `– ${reasons.indexOf(mark.absent) + 1}`.padEnd(column.length)
      })
      lines.push([row.padEnd(first), ...cells].join('  ').trimEnd())
    }
    return [...lines, ...reasons.map((reason, at) => `– ${at + 1}: ${reason}`)].join('\n')
  }

  #mark(row: string, column: string, mark: Mark): void {
    const marks = this.#rows.get(row) ?? new Map<string, Mark>()
    this.#rows.set(row, marks.set(column, mark))
  }
}
