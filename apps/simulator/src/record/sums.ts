import type { Call, Sums, Totals } from './call.ts'

type Running = { calls: number; promptTokens: number; completionTokens: number; billedNano: bigint }

/** Running totals of the record. Text of the amounts is made only when somebody asks. */
export class RunningTotals {
  #all = none()
  #aborted = 0
  #cut = 0
  #unpriced = 0
  #byStatus = new Map<number, number>()
  #byModel = new Map<string, Running>()

  /** Adds one ended call. */
  add(call: Call): void {
    const model = call.model ?? ''
    const ofModel = this.#byModel.get(model) ?? none()
    this.#byModel.set(model, ofModel)
    for (const running of [this.#all, ofModel]) {
      running.calls += 1
      running.promptTokens += call.promptTokens
      running.completionTokens += call.completionTokens
      running.billedNano += BigInt(call.billedNano)
    }
    this.#byStatus.set(call.status, (this.#byStatus.get(call.status) ?? 0) + 1)
    if (call.aborted) this.#aborted += 1
    if (call.end === 'cut') this.#cut += 1
    if (!call.priced) this.#unpriced += 1
  }

  /** The totals as sent; `open` is the number of calls still running. */
  shown({ open, mostOpen }: Pick<Totals, 'open' | 'mostOpen'>): Totals {
    return {
      ...textOf(this.#all),
      open,
      mostOpen,
      aborted: this.#aborted,
      cut: this.#cut,
      unpriced: this.#unpriced,
      byStatus: Object.fromEntries(this.#byStatus),
      byModel: Object.fromEntries([...this.#byModel].map(([id, sums]) => [id, textOf(sums)])),
    }
  }
}

const none = (): Running => ({ calls: 0, promptTokens: 0, completionTokens: 0, billedNano: 0n })

const textOf = (running: Running): Sums => ({ ...running, billedNano: String(running.billedNano) })
