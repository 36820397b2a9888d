import { ledgerAmountOf } from '@tollkeeper/domain/usage'
import type { LedgerEvent } from '@tollkeeper/domain/ledger'
import type { SimStore } from './store.ts'

/** The ledger in Postgres of a simulation, and the worker that fills it. */
export class SimPostgres {
  /** Rows by event id: a second one changes nothing. */
  readonly rows = new Map<string, LedgerEvent>()
  /** Rows that came again with another amount. */
  readonly contradictions: string[] = []

  /** Records up to `most` events of the stream. `dies`: after the commit, before they are taken off. */
  drain(store: SimStore, most: number, dies: boolean): void {
    if (store.away) return
    const some = store.stream.slice(0, most)
    for (const event of some) this.#record(event)
    if (!dies) for (const event of some) store.taken.add(event)
  }

  /** What each counter has used by the ledger. */
  used(): Map<string, bigint> {
    const sums = new Map<string, bigint>()
    for (const event of this.rows.values()) {
      for (const id of event.nodes) sums.set(id, (sums.get(id) ?? 0n) + ledgerAmountOf(event))
    }
    return sums
  }

  /** The sum of an attempt's rows, and their kinds in the order of time; undefined without a row. */
  attempt(attemptId: string): { cost: bigint; kinds: string[] } | undefined {
    const events = ['provisional', 'final', 'correction'].flatMap((kind) => this.rows.get(`${attemptId}:${kind}`) ?? [])
    if (events.length === 0) return undefined
    return {
      cost: events.reduce((sum, event) => sum + ledgerAmountOf(event), 0n),
      kinds: events.map(({ kind }) => kind),
    }
  }

  #record(event: LedgerEvent): void {
    const id = `${event.attemptId}:${event.kind}`
    const there = this.rows.get(id)
    if (!there) this.rows.set(id, event)
    else if (there.amount !== event.amount) this.contradictions.push(id)
  }
}
