import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'

/** A part of a slice that one attempt holds in memory until it is known what it cost. */
export type SliceShare = {
  readonly sliceId: AttemptId
  /** Counters that the slice was held on. */
  readonly nodes: readonly BudgetNode[]
  /** What it really cost: the rest may be used by others at once. */
  spent(amount: NanoUsd): void
  /** Nothing was sent. */
  giveBack(): void
  /** The store has heard of it. `spoiled`: the slice is not an open hold any more. */
  close(spoiled: boolean): void
  /** The store will never hear of it: the slice must not be given back, so that it is charged as a whole. */
  lose(): void
}

/** Money that this process holds in the store, to spend without asking. */
export class Slice {
  readonly id: AttemptId
  readonly nodes: readonly BudgetNode[]
  readonly #onEmpty: () => void
  #left: NanoUsd
  #running = 0
  #retired = false
  #lost = false

  /** `onEmpty`: it is retired and nothing runs on it any more. */
  constructor(id: AttemptId, amount: NanoUsd, nodes: readonly BudgetNode[], onEmpty: () => void) {
    this.id = id
    this.nodes = nodes
    this.#left = amount
    this.#onEmpty = onEmpty
  }

  get left(): NanoUsd {
    return this.#left
  }

  get lost(): boolean {
    return this.#lost
  }

  /** Takes `amount` of it; undefined when that is more than is left. */
  take(amount: NanoUsd): SliceShare | undefined {
    if (this.#retired || amount > this.#left) return undefined
    this.#left -= amount
    this.#running += 1
    let reserved = amount
    let open = true
    const close = (spoiled: boolean) => {
      if (!open) return
      open = false
      this.#running -= 1
      if (spoiled) this.retire()
      else this.#endIfOver()
    }
    return {
      sliceId: this.id,
      nodes: this.nodes,
      spent: (actual) => {
        this.#left += reserved - actual
        reserved = actual
      },
      giveBack: () => {
        this.#left += reserved
        reserved = 0n
        close(false)
      },
      close,
      lose: () => {
        this.#lost = true
        close(true)
      },
    }
  }

  /** Nothing more is taken of it. */
  retire(): void {
    if (this.#retired) return
    this.#retired = true
    this.#endIfOver()
  }

  #endIfOver(): void {
    if (this.#retired && this.#running === 0) this.#onEmpty()
  }
}
