import { describe, expect, it } from 'vitest'
import { adjust } from './adjust.ts'
import { aHold, aNode, counterOf, eventsOf, holding, orgId, ref } from './builders.ts'
import { hold } from './hold.ts'
import { emptyLedger, inOrg } from './ledger.ts'
import { settle } from './settle.ts'

const nodes = [aNode('root', 1_000n), aNode('team', 400n)]
const [charged] = settle(holding(nodes, 300n), { ...ref('a'), amount: 250n, tokens: 1 })
const request = (amount: bigint, over: Partial<Parameters<typeof adjust>[1]> = {}) => ({
  ...ref('a'),
  epoch: '1',
  rerating: 'rate_1',
  amount,
  nodes: nodes.map(({ id }) => ({ id, open: true })),
  ...over,
})

describe('adjusting a charge', () => {
  it('gives back 90 of 250 on every counter, once per re-rating', () => {
    const [once, answer] = adjust(charged, request(-90n))
    expect(answer).toEqual({ kind: 'adjusted' })
    expect([counterOf(once, 'root'), counterOf(once, 'team')]).toEqual([
      [160n, 0n],
      [160n, 0n],
    ])
    expect(eventsOf(once)).toEqual(['a final 250 of 300 on root team', 'a adjustment -90 of 0 on root team'])
    expect(adjust(once, request(-90n))).toEqual([once, { kind: 'duplicate' }])
    const [twice, other] = adjust(once, request(10n, { rerating: 'rate_2' }))
    expect(other).toEqual({ kind: 'adjusted' })
    expect(counterOf(twice, 'root')).toEqual([170n, 0n])
  })

  it('charges beyond a limit, which refuses whatever comes next', () => {
    const [more] = adjust(charged, request(200n))
    expect(counterOf(more, 'team')).toEqual([450n, 0n])
    expect(hold(more, aHold('b', 1n, nodes), 0)[1]).toMatchObject({ kind: 'over', node: 1, used: 450n, limit: 400n })
  })

  it('takes a counter to nothing, and never below', () => {
    expect(adjust(charged, request(-251n))).toEqual([charged, { kind: 'below', node: 0 }])
    expect(counterOf(adjust(charged, request(-250n))[0], 'team')).toEqual([0n, 0n])
  })

  it('does nothing under another epoch, and nothing in a closed shard', () => {
    expect(adjust(charged, request(-90n, { epoch: '2' }))).toEqual([charged, { kind: 'fenced' }])
    const closed = { ...charged, epoch: null }
    expect(adjust(closed, request(-90n))).toEqual([closed, { kind: 'fenced' }])
  })

  it('leaves a counter that is not there to the ledger, and has it put back while its window is open', () => {
    const lost = { ...emptyLedger('1'), holds: charged.holds, events: charged.events }
    const [over] = adjust(lost, request(-90n, { nodes: [{ id: 'root', open: false }] }))
    expect([counterOf(over, 'root'), over.made.has(inOrg(orgId, 'root'))]).toEqual([undefined, false])
    const [open] = adjust(lost, request(-90n, { nodes: [{ id: 'root', open: true }] }))
    expect([counterOf(open, 'root'), open.made.has(inOrg(orgId, 'root'))]).toEqual([undefined, true])
    expect(hold(open, aHold('b', 1n, nodes), 0)[1]).toEqual({ kind: 'missing', node: 0 })
  })
})
