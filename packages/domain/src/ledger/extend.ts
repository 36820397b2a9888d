import type { BudgetNode } from '../budget/index.ts'
import type { NanoUsd } from '../price/index.ts'
import type { Instant } from '../time/index.ts'
import { upToDate, type HoldAnswer } from './hold.ts'
import { charged, inOrg, nodeIds, replaced, type AttemptRef, type Ledger } from './ledger.ts'

export type ExtendRequest = Pick<AttemptRef, 'orgId' | 'attemptId'> & {
  epoch: string
  /** What the hold is to be altogether. */
  amount: NanoUsd
  nodes: readonly BudgetNode[]
}

/** `closed`: it is not held any more. `other`: it was held on other counters. */
export type ExtendAnswer = Exclude<HoldAnswer, { kind: 'tokens' | 'exists' }> | { kind: 'closed' | 'other' }

/** Makes an open hold larger by the test that took it, or changes nothing but the limits it brought (invariant I2). */
export function extend(ledger: Ledger, request: ExtendRequest, at: Instant): [Ledger, ExtendAnswer] {
  const { orgId, attemptId, amount, nodes } = request
  if (ledger.epoch !== request.epoch) return [ledger, { kind: 'fenced' }]
  const name = inOrg(orgId, attemptId)
  const held = ledger.holds.get(name)
  if (held?.kind !== 'dispatched') return [ledger, { kind: 'closed' }]
  if (held.nodes.join(' ') !== nodeIds(nodes).join(' ')) return [ledger, { kind: 'other' }]
  const outside = nodes.some(({ inForce }) => inForce && (at < inForce.fromMs || at >= inForce.untilMs))
  if (outside) return [ledger, { kind: 'window' }]
  const lost = nodes.findIndex(({ id }) => !ledger.counters.has(inOrg(orgId, id)))
  if (lost >= 0) return [ledger, { kind: 'missing', node: lost }]

  const add = amount > held.amount ? amount - held.amount : 0n
  const counters = nodes.map((node) => upToDate(ledger.counters.get(inOrg(orgId, node.id)), node))
  const informed: Ledger = {
    ...ledger,
    counters: replaced(
      ledger.counters,
      nodes.flatMap((node, i) => (counters[i] ? [[inOrg(orgId, node.id), counters[i]] as const] : [])),
    ),
  }
  const full = counters.flatMap(({ used, held: others, limit }, node) => {
    if (add === 0n || limit === null || used + others + add <= limit) return []
    return [
      { kind: used + amount > limit ? ('over' as const) : ('held-back' as const), node, used, held: others, limit },
    ]
  })
  const refusal = full.find(({ kind }) => kind === 'over') ?? full[0]
  if (refusal) return [informed, refusal]

  const left = counters.flatMap(({ used, held: others, limit }) =>
    limit === null ? [] : [limit - used - others - add],
  )
  const least = left.reduce<NanoUsd | null>((min, rest) => (min === null || rest < min ? rest : min), null)
  return [
    {
      ...informed,
      counters: charged(informed, orgId, held.nodes, { used: 0n, held: add }),
      holds: replaced(ledger.holds, [[name, { ...held, amount: held.amount + add }]]),
    },
    { kind: 'held', headroom: least !== null && least < 0n ? 0n : least },
  ]
}
