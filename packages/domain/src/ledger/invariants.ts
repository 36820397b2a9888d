import type { NanoUsd } from '../price/index.ts'
import { ledgerAmountOf } from '../usage/index.ts'
import type { HoldAnswer, HoldRequest } from './hold.ts'
import { inOrg, type Counter, type HoldState, type Ledger, type LedgerEvent } from './ledger.ts'

/** What a history has shown of one counter. */
export type CounterHistory = {
  opening: NanoUsd
  /** Greatest limit it ever had; null if it was ever soft. */
  greatestLimit: NanoUsd | null
  /** Sum of what answers cost beyond their holds. */
  overage: NanoUsd
}

/**
 * Names the invariants of money.md 4.9 that a state breaks, with the counter or attempt that breaks them.
 * `children`: counters whose traffic all passes through another one, by that one's name.
 */
export function brokenInvariants(
  ledger: Ledger,
  history: ReadonlyMap<string, CounterHistory>,
  children: ReadonlyMap<string, readonly string[]>,
): string[] {
  const broken: string[] = []
  const check = (holds: boolean, what: string) => void (holds || broken.push(what))
  const held = sums(openHolds(ledger))
  const charged = sums(charges(ledger))

  for (const [name, counter] of ledger.counters) {
    const past = history.get(name)
    if (!past) {
      broken.push(`no history of ${name}`)
      continue
    }
    check(counter.used >= 0n && counter.held >= 0n, `I1 ${name}`)
    const bound = past.greatestLimit === null || past.greatestLimit > past.opening ? past.greatestLimit : past.opening
    check(bound === null || counter.used + counter.held <= bound + past.overage, `I3/I4 ${name}`)
    check(counter.held === (held.get(name) ?? 0n), `I5 ${name}`)
    check(counter.used === past.opening + (charged.get(name) ?? 0n), `I6 ${name}`)
    const below = (children.get(name) ?? []).map((child) => ledger.counters.get(child)?.used ?? 0n)
    check(counter.used >= below.reduce((sum, used) => sum + used, 0n), `I7 ${name}`)
  }

  const ids = ledger.events.map(({ attemptId, kind, rerating }) => `${attemptId}:${kind}:${rerating ?? ''}`)
  check(new Set(ids).size === ids.length, 'I9')
  for (const [name, state] of ledger.holds) {
    const events = ledger.events.filter((event) => name.endsWith(`/${event.attemptId}`) && event.kind !== 'adjustment')
    check(lifeOf(state).includes(events.map((event) => event.kind).join(' ')), `I8 ${name}`)
  }
  return broken
}

/** Kinds of events that an attempt in a state may have, in order. */
const lifeOf = (state: HoldState): readonly string[] =>
  ({
    dispatched: [''],
    released: [''],
    orphaned: ['provisional'],
    settled: ['final', 'provisional correction'],
  })[state.kind]

type Amount = readonly [name: string, amount: NanoUsd]

const openHolds = (ledger: Ledger): Amount[] =>
  [...ledger.holds].flatMap(([name, state]) =>
    state.kind === 'dispatched' ? state.nodes.map((id) => [counterOf(name, id), state.amount] as const) : [],
  )

/** The organisation of an event is that of the attempt's hold. */
function charges(ledger: Ledger): Amount[] {
  const holds = new Map([...ledger.holds.keys()].map((name) => [name.split('/')[1] ?? '', name]))
  const of = (event: LedgerEvent): Amount[] => {
    // What moves out of a slice is numbered: `<slice>:<number>`.
    const name = holds.get(event.attemptId) ?? holds.get(event.attemptId.split(':')[0] ?? '')
    return name ? event.nodes.map((id) => [counterOf(name, id), ledgerAmountOf(event)] as const) : []
  }
  return ledger.events.flatMap(of)
}

const counterOf = (holdName: string, id: string): string => `${holdName.split('/')[0]}/${id}`

function sums(amounts: readonly Amount[]): Map<string, NanoUsd> {
  const sum = new Map<string, NanoUsd>()
  for (const [name, amount] of amounts) sum.set(name, (sum.get(name) ?? 0n) + amount)
  return sum
}

/**
 * Whether an answer follows from the state after it: held only where every limit has room (I2), refused for money only
 * where the named budget has none (I12).
 */
export function isJust(after: Ledger, request: HoldRequest, answer: HoldAnswer): boolean {
  const counters = request.nodes.flatMap(({ id }) => ledgerCounter(after, request, id))
  if (answer.kind === 'held') {
    const fits = ({ used, held, limit }: Counter) => limit === null || used + held <= limit
    return counters.length === request.nodes.length && counters.every(fits)
  }
  if (answer.kind !== 'over' && answer.kind !== 'held-back') return true
  const counter = counters[answer.node]
  if (counter?.limit === null || counter === undefined) return false
  const { used, held, limit } = counter
  return used + held + request.amount > limit && (answer.kind === 'over') === used + request.amount > limit
}

const ledgerCounter = (ledger: Ledger, { orgId }: HoldRequest, id: string): Counter[] => {
  const counter = ledger.counters.get(inOrg(orgId, id))
  return counter ? [counter] : []
}
