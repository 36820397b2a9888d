import { readFileSync } from 'node:fs'
import type { BudgetNode } from '@tollkeeper/domain/budget'
import fc from 'fast-check'
import type { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import type { Hold, HoldReply } from '../../src/budgets.ts'
import { holdCall, parseHoldReply } from '../../src/ledger/hold.ts'
import { aHold, aNode, anOrgId, settlementOf } from '../builders.ts'
import { openLedger } from '../ledger.ts'

const scripts = new URL('../../src/scripts/', import.meta.url)
const earlier = readFileSync(new URL('hold_v1.lua', import.meta.url), 'utf8').replaceAll(
  /^-- @part (\w+)\n/gm,
  (_line, part: string) => readFileSync(new URL(`parts/${part}.lua`, scripts), 'utf8'),
)

/** Holds as a proxy of the release before does: without an index of counters and without times of limits. */
async function holdByEarlier(redis: Redis, hold: Hold): Promise<HoldReply> {
  const call = holdCall(hold, [], { epoch: '1', leaseMs: 60_000 })
  const keys = call.keys.toSpliced(4, 1)
  return parseHoldReply(await redis.eval(earlier, keys.length, ...keys, ...call.args.slice(0, -2)), [])
}

const limits = [1_000n, 600n, 300n]

/** What the rule says (packages/domain/src/ledger): a hold fits on every budget of its chain, or changes nothing. */
class Rule {
  readonly used = limits.map(() => 0n)
  readonly held = limits.map(() => 0n)

  hold(chain: readonly number[], amount: bigint): 'held' | 'refused' {
    const fits = chain.every((at) => (this.used[at] ?? 0n) + (this.held[at] ?? 0n) + amount <= (limits[at] ?? 0n))
    if (fits) for (const at of chain) this.held[at] = (this.held[at] ?? 0n) + amount
    return fits ? 'held' : 'refused'
  }

  end(chain: readonly number[], amount: bigint, charged: bigint): void {
    for (const at of chain) {
      this.held[at] = (this.held[at] ?? 0n) - amount
      this.used[at] = (this.used[at] ?? 0n) + charged
    }
  }
}

const step = fc.record({
  byEarlier: fc.boolean(),
  what: fc.constantFrom('hold', 'hold', 'again', 'settle', 'release'),
  chain: fc.constantFrom([0], [0, 1], [0, 2], [0, 1, 2]),
  amount: fc.bigInt({ min: 1n, max: 200n }),
  which: fc.nat(50),
})

it('agrees with the rule whichever release takes, repeats and ends a hold (hold_v1 beside hold_v2)', async () => {
  const { redis, budgets, balances } = await openLedger()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const orgId = anOrgId()
      const nodes = limits.map((limit) => aNode({ limit }))
      const rule = new Rule()
      const touched = new Set<number>()
      const open: { hold: Hold; chain: readonly number[] }[] = []
      for (const { byEarlier, what, chain, amount, which } of steps) {
        const take = (hold: Hold) => (byEarlier ? holdByEarlier(redis, hold) : budgets.hold(hold))
        const one = open[which % Math.max(1, open.length)]
        if (what === 'hold') {
          for (const at of chain) touched.add(at)
          const picked = chain.flatMap((at): BudgetNode[] => nodes.slice(at, at + 1))
          const hold = aHold({ orgId, nodes: picked, amount })
          const reply = await take(hold)
          expect(reply.kind).toBe(rule.hold(chain, amount))
          if (reply.kind === 'held') open.push({ hold, chain })
        } else if (!one) continue
        // What one release was not acknowledged, the other may send again.
        else if (what === 'again') expect((await take(one.hold)).kind).toBe('held')
        else {
          open.splice(open.indexOf(one), 1)
          const charged = what === 'release' ? 0n : one.hold.amount / 2n
          if (what === 'release') await budgets.release(one.hold)
          else await budgets.settle(settlementOf(one.hold, { amount: charged }))
          rule.end(one.chain, one.hold.amount, charged)
        }
      }
      expect(await balances(orgId, nodes)).toEqual(
        limits.map((limit, at) => (touched.has(at) ? [rule.used[at], rule.held[at], limit] : null)),
      )
    }),
    { numRuns: 100 },
  )
})

it('is given exactly 10 of 500 holds at once against a limit worth 10, half of them by the earlier release', async () => {
  const { redis, budgets, balances } = await openLedger()
  const orgId = anOrgId()
  const nodes = [aNode({ limit: 1_000n })]
  const replies = await Promise.all(
    Array.from({ length: 500 }, (_, at) => {
      const hold = aHold({ orgId, nodes, amount: 100n })
      return at % 2 === 0 ? budgets.hold(hold) : holdByEarlier(redis, hold)
    }),
  )
  expect(replies.filter(({ kind }) => kind === 'held')).toHaveLength(10)
  expect(await balances(orgId, nodes)).toEqual([[0n, 1_000n, 1_000n]])
})
