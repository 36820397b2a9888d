import { eventIdOf, ledgerAmountOf, type AttemptEvent } from '@tollkeeper/domain/usage'
import type { Recorded } from '@tollkeeper/redis/shard-keeper'

/** The ledger, by its own rules: an event once, and a provisional charge is never beside a final one. */
export class Ledger {
  private readonly events = new Map<string, AttemptEvent>()

  add(event: AttemptEvent): void {
    const final = eventIdOf({ attemptId: event.attemptId, kind: 'final' })
    if (event.kind === 'provisional' && this.events.has(final)) return
    const provisional = this.events.get(eventIdOf({ attemptId: event.attemptId, kind: 'provisional' }))
    const own: AttemptEvent =
      event.kind === 'final' && provisional ? { ...event, kind: 'correction', hold: provisional.amount } : event
    if (!this.events.has(eventIdOf(own))) this.events.set(eventIdOf(own), own)
  }

  recorded(attemptId: string): Recorded {
    const of = (kind: AttemptEvent['kind']) => this.events.has(eventIdOf({ attemptId: attemptId as never, kind }))
    if (of('final') || of('correction')) return 'charged'
    return of('provisional') ? 'provisional' : 'none'
  }

  /** What an attempt was charged altogether. */
  cost(attemptId: string): bigint {
    return this.sum((event) => event.attemptId === attemptId)
  }

  used(nodeId: string): bigint {
    return this.sum((event) => event.nodes.includes(nodeId))
  }

  private sum(counts: (event: AttemptEvent) => boolean): bigint {
    return [...this.events.values()].filter(counts).reduce((sum, event) => sum + ledgerAmountOf(event), 0n)
  }
}
