import { disposableRedis } from '@tollkeeper/testbed/redis'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { aHold, aNode, anOrgId } from '../builders.ts'
import { openLedger } from '../ledger.ts'
import { repetitions } from './env.ts'
import { heldOf, startRacers, type Racers } from './racers.ts'

let server: { url: string; stop?: () => Promise<void> }
let racers: Racers

beforeAll(async () => {
  const cluster = inject('clusterUrl')
  server = cluster ? { url: cluster } : await disposableRedis()
})
afterAll(() => {
  racers?.stop()
  return server.stop?.()
})

/** The shards are open before the processes read their epochs. */
async function ready() {
  const ledger = await openLedger(server.url)
  racers ??= await startRacers(server.url, 4)
  return ledger
}

const many = (count: number, hold: (i: number) => ReturnType<typeof aHold>) =>
  Array.from({ length: count }, (_, i) => hold(i))

describe.each(repetitions)('four processes at once, time %i', (time) => {
  it('(a) are given exactly 10 of 500 holds against a limit worth 10', async () => {
    const { balances } = await ready()
    const orgId = anOrgId()
    const nodes = [aNode({ limit: 1_000n })]
    const raced = await racers.race(many(500, () => aHold({ orgId, nodes, amount: 100n })))
    expect([raced.length, heldOf(raced).length]).toEqual([500, 10])
    expect(await balances(orgId, nodes)).toEqual([[0n, 1_000n, 1_000n]])
  })

  it('(b) are given exactly 10 of 500 over a tree of five levels with the tightest limit at a random one', async () => {
    const { balances } = await ready()
    const orgId = anOrgId()
    const [drawn] = fc.sample(fc.tuple(fc.nat(4), fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)), {
      seed: time,
      numRuns: 1,
    })
    const [tightest, ...turns] = drawn ?? [0]
    // Below the tightest level the tree has four branches on each.
    const levels = Array.from({ length: 5 }, (_, level) =>
      Array.from({ length: level > tightest ? 4 : 1 }, () =>
        aNode({ limit: level === tightest ? 1_009n : 1_100n + BigInt(level) * 500n }),
      ),
    )
    const chain = (i: number) =>
      levels.flatMap((branches, level) => {
        const node = branches[(i + (turns[level - 1] ?? 0)) % branches.length]
        return node ? [node] : []
      })
    const raced = await racers.race(many(500, (i) => aHold({ orgId, nodes: chain(i), amount: 100n })))
    expect([raced.length, heldOf(raced).length]).toEqual([500, 10])
    for (const branches of levels) {
      const held = (await balances(orgId, branches)).map((balance) => balance?.[1] ?? 0n)
      expect(held.reduce((sum, each) => sum + each, 0n)).toBe(1_000n)
    }
  })

  it('(d) are held to a lowered limit from the moment that any of them brings it', async () => {
    const { balances } = await ready()
    const orgId = anOrgId()
    const high = [aNode({ budget: `bud_d${time}`, limit: 10_000n, version: 1 })]
    const low = [aNode({ budget: `bud_d${time}`, limit: 2_500n, version: 2 })]
    const raced = await racers.race(
      many(200, (i) => aHold({ orgId, nodes: i === 80 + time ? low : high, amount: 100n })),
    )
    const bySeq = heldOf(raced)
      .flatMap(({ reply }) => (reply.kind === 'held' ? [reply] : []))
      .toSorted((one, other) => one.seq - other.seq)
    const limits = bySeq.map(({ headroom }, i) => (headroom ?? 0n) + BigInt(i + 1) * 100n)
    const lowered = limits.indexOf(2_500n)
    const before = lowered < 0 ? limits.length : lowered
    expect(limits).toEqual(limits.map((_limit, i) => (i < before ? 10_000n : 2_500n)))
    // What was held before under the higher limit stays; nothing is added to it beyond the lower one.
    expect(bySeq.length === 25 || before === bySeq.length).toBe(true)
    expect(await balances(orgId, high)).toEqual([[0n, BigInt(bySeq.length) * 100n, 2_500n]])
    const after = await racers.race(many(8, () => aHold({ orgId, nodes: high, amount: 100n })))
    expect(heldOf(after)).toEqual([])
  })

  it('(f) make the counter of a new window once: 6 of 100 first requests fit beside the 400 of 1,000 used before', async () => {
    const { balances } = await ready()
    const orgId = anOrgId()
    const nodes = [aNode({ limit: 1_000n, opening: 400n })]
    const raced = await racers.race(many(100, () => aHold({ orgId, nodes, amount: 100n })))
    expect(heldOf(raced)).toHaveLength(6)
    expect(await balances(orgId, nodes)).toEqual([[400n, 600n, 1_000n]])
  })

  it('(g) give each of 20 people who were never seen before exactly 5 of their 25 first requests', async () => {
    const { balances } = await ready()
    const orgId = anOrgId()
    const root = aNode({ limit: 1_000_000n })
    const people = Array.from({ length: 20 }, (_, i) =>
      aNode({ budget: `bud_g${time}`, subject: `mem_${i}`, limit: 500n }),
    )
    const raced = await racers.race(
      many(500, (i) => aHold({ orgId, nodes: [root, ...people.slice(i % 20, (i % 20) + 1)], amount: 100n })),
    )
    expect(heldOf(raced)).toHaveLength(100)
    expect(await balances(orgId, [root, ...people])).toEqual([
      [0n, 10_000n, 1_000_000n],
      ...people.map(() => [0n, 500n, 500n]),
    ])
  })
})
