import { expect, it } from 'vitest'
import { aHold, aNode, aRateLimit, anAnswer, anOrgId, endOfTime } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { counterKey, epochKey, holdKey, rateKey } from '../keys.ts'
import { shardOf } from '../shards.ts'
import { makeBudgets } from '../budgets.ts'

it('holds 40 on a team and a key with limits of 100 and 50, and leaves 10', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 40n, nodes: [aNode({ limit: 100n }), aNode({ limit: 50n })] })

  const reply = await budgets.hold(hold)

  expect(reply).toMatchObject({ kind: 'held', headroom: 10n, tightest: 1 })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [0n, 40n, 100n],
    [0n, 40n, 50n],
  ])
})

it('leaves no headroom to speak of where every budget is soft', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 5_000n, nodes: [aNode({ limit: 100n, mode: 'soft' })] })
  expect(await budgets.hold(hold)).toMatchObject({ kind: 'held', headroom: null })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 5_000n, null]])
})

it('touches no budget when the last of the chain refuses', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 60n, nodes: [aNode({ limit: 100n }), aNode({ limit: 59n })] })
  expect(await budgets.hold(hold)).toEqual({
    kind: 'refused',
    by: 'budget',
    reason: 'over',
    node: 1,
    used: 0n,
    held: 0n,
    limit: 59n,
  })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [0n, 0n, 100n],
    [0n, 0n, 59n],
  ])
})

it('tells money that is held by others from money that is used up', async () => {
  const { budgets } = await openLedger()
  const first = aHold({ amount: 60n, nodes: [aNode({ limit: 100n })] })
  await budgets.hold(first)
  const { orgId, nodes } = first
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 41n }))).toMatchObject({ reason: 'held', held: 60n })
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 101n }))).toMatchObject({ reason: 'over', held: 60n })
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 40n }))).toMatchObject({ kind: 'held', headroom: 0n })
})

it('names the budget that is used up before one higher in the chain that is only held', async () => {
  const { budgets } = await openLedger()
  const team = aNode({ limit: 100n })
  const first = aHold({ amount: 90n, nodes: [team] })
  await budgets.hold(first)
  const refused = await budgets.hold(aHold({ orgId: first.orgId, amount: 20n, nodes: [team, aNode({ limit: 19n })] }))
  expect(refused).toMatchObject({ reason: 'over', node: 1, limit: 19n })
})

it('answers a hold that is sent again as before, and holds it once', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 70n, nodes: [aNode({ limit: 100n })], rates: [aRateLimit({ tokensPerMinute: 15 })] })
  expect(await budgets.hold(hold)).toMatchObject({ kind: 'held', headroom: 30n })
  expect(await budgets.hold(hold)).toMatchObject({ kind: 'held', headroom: 30n })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 70n, 100n]])
})

it('rejects an id that is used again for another amount', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 70n, nodes: [aNode()] })
  await budgets.hold(hold)
  await expect(budgets.hold({ ...hold, amount: 71n })).rejects.toThrow('has a hold already, in state D')
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 70n, 1_000n]])
})

it('keeps the newest limit it has seen, whichever proxy brings it and even if it refuses', async () => {
  const { budgets } = await openLedger()
  const orgId = anOrgId()
  const old = aNode({ budget: 'bud_1', limit: 100n, version: 3 })
  const lowered = aNode({ budget: 'bud_1', limit: 10n, version: 4 })
  expect(await budgets.hold(aHold({ orgId, nodes: [old], amount: 5n }))).toMatchObject({ headroom: 95n })
  expect(await budgets.hold(aHold({ orgId, nodes: [lowered], amount: 6n }))).toMatchObject({
    reason: 'held',
    limit: 10n,
  })
  expect(await budgets.hold(aHold({ orgId, nodes: [old], amount: 6n }))).toMatchObject({ reason: 'held', limit: 10n })
})

it('begins a counter at the opening its budget brings', async () => {
  const { budgets } = await openLedger()
  const hold = aHold({ amount: 20n, nodes: [aNode({ limit: 100n, opening: 81n })] })
  expect(await budgets.hold(hold)).toMatchObject({ reason: 'over', used: 81n })
})

it('holds nothing while the shard has no epoch, or another', async () => {
  const { budgets, redis, balances } = await openLedger()
  const hold = aHold({ nodes: [aNode()] })
  const epoch = epochKey(shardOf(hold.orgId))
  await redis.set(epoch, '2')
  expect(await budgets.hold(hold)).toEqual({ kind: 'fenced' })
  await redis.del(epoch)
  expect(await budgets.hold(hold)).toEqual({ kind: 'fenced' })
  expect(await budgets.epochs.refresh(hold.orgId)).toBe(0)
  expect(await budgets.hold(hold)).toEqual({ kind: 'fenced' })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([null])
  await redis.set(epoch, '2')
  expect(await budgets.epochs.refresh(hold.orgId)).toBe(1)
  expect(await budgets.hold(hold)).toMatchObject({ kind: 'held' })
})

it("gives the store's time when it is outside a budget's window, and changes nothing", async () => {
  const { budgets, redis, balances } = await openLedger()
  const past = aNode({ window: { id: 'h1', startMs: 1_000, endMs: 3_601_000 } })
  const hold = aHold({ nodes: [aNode(), past] })
  const before = Number((await redis.time())[0]) * 1_000
  const reply = await budgets.hold(hold)
  expect(reply.kind).toBe('window')
  expect(reply.kind === 'window' && reply.nowMs >= before).toBe(true)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([null, null])
  expect(await redis.exists(holdKey(hold.orgId, hold.attemptId))).toBe(0)
})

it('ends a raise by its own clock, whatever the caller knows, and keeps the lower limit from then on', async () => {
  const { budgets, redis, balances } = await openLedger()
  const hourMs = 3_600_000
  const now = Number((await redis.time())[0]) * 1_000
  const counter = { budget: 'bud_raised', limit: 100n }
  const before = { ...aNode({ ...counter, limit: 150n, version: 4 }), inForce: { fromMs: 0, untilMs: now - 1 } }
  const during = { ...before, inForce: { fromMs: now - hourMs, untilMs: now + hourMs } }
  const after = { ...aNode({ ...counter, version: 5 }), inForce: { fromMs: now - 1, untilMs: now + hourMs } }
  const orgId = anOrgId()
  expect(await budgets.hold(aHold({ orgId, nodes: [during], amount: 130n }))).toMatchObject({ kind: 'held' })
  expect(await budgets.hold(aHold({ orgId, nodes: [before], amount: 5n }))).toMatchObject({ kind: 'window' })
  const lowered = await budgets.hold(aHold({ orgId, nodes: [after], amount: 5n }))
  expect(lowered).toMatchObject({ kind: 'refused', reason: 'held', held: 130n, limit: 100n })
  expect(await budgets.hold(aHold({ orgId, nodes: [during], amount: 5n }))).toMatchObject({ limit: 100n })
  expect(await balances(orgId, [after])).toEqual([[0n, 130n, 100n]])
})

it('keeps a counter for 45 days past the end of its window, and that of an all-time budget for ever', async () => {
  const { budgets, redis } = await openLedger()
  const endMs = Math.floor(Date.now() / 1_000) * 1_000 + 86_400_000
  const day = aNode({ window: { id: 'd1', startMs: 0, endMs } })
  const hold = aHold({ nodes: [day, aNode()] })
  await budgets.hold(hold)
  const [first, second] = hold.nodes.map((node) => counterKey(hold.orgId, node.id))
  expect(await redis.pexpiretime(first ?? '')).toBe(endMs + 45 * 86_400_000)
  expect(await redis.pexpiretime(second ?? '')).toBe(-1)
})

it('takes 10 tokens from the bucket and the minute of a team, or says how long to wait', async () => {
  const { budgets, redis, balances } = await openLedger()
  const orgId = anOrgId()
  const nodes = [aNode()]
  const team = aRateLimit({ bucket: { capacity: 15, refillPerSecond: 0.001 }, tokensPerMinute: 1_000 })
  expect(await budgets.hold(aHold({ orgId, nodes, rates: [team], tokens: 10 }))).toMatchObject({ kind: 'held' })

  const refused = await budgets.hold(aHold({ orgId, nodes, rates: [aRateLimit(), team], tokens: 10 }))

  expect(refused).toMatchObject({ kind: 'refused', by: 'tokens', rate: 1, unit: 'bucket', limit: 15 })
  // 5 tokens are missing: 5,000 s at a thousandth of a token per second, less what the test took.
  const wait = refused.kind === 'refused' && refused.by === 'tokens' ? (refused.retryAfterMs ?? 0) : 0
  expect(wait > 4_900_000 && wait <= 5_000_000).toBe(true)
  expect(await balances(orgId, nodes)).toEqual([[0n, 100n, 1_000n]])
  expect((await redis.get(rateKey('tm', orgId, team.scope)))?.split(' ')[1]).toBe('10')
})

it('says that more tokens than a limit has will never fit', async () => {
  const { budgets } = await openLedger()
  const reply = await budgets.hold(aHold({ tokens: 101, rates: [aRateLimit({ tokensPerMinute: 100 })] }))
  expect(reply).toEqual({ kind: 'refused', by: 'tokens', rate: 0, unit: 'minute', limit: 100, retryAfterMs: null })
})

it('takes tokens from no limit when a budget refuses', async () => {
  const { budgets, redis } = await openLedger()
  const rate = aRateLimit({ tokensPerMinute: 100, bucket: { capacity: 100, refillPerSecond: 1 } })
  const hold = aHold({ nodes: [aNode({ limit: 99n })], rates: [rate] })
  expect(await budgets.hold(hold)).toMatchObject({ reason: 'over' })
  expect(await redis.exists(rateKey('tm', hold.orgId, rate.scope), rateKey('tb', hold.orgId, rate.scope))).toBe(0)
})

it('compares exactly up to the greatest limit there is', async () => {
  const { budgets } = await openLedger()
  const orgId = anOrgId()
  const nodes = [aNode({ limit: 9_000_000_000_000_000n, opening: 8_999_999_999_999_998n })]
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 3n }))).toMatchObject({ reason: 'over' })
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 2n }))).toMatchObject({ kind: 'held', headroom: 0n })
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 1n }))).toMatchObject({
    reason: 'held',
    used: 8_999_999_999_999_998n,
    held: 2n,
  })
})

it('rejects amounts and limits beyond what Lua compares exactly, before anything is written', async () => {
  const { budgets, balances } = await openLedger()
  const tooBig = aHold({ amount: 1_000_000_000_000_000n, nodes: [aNode({ limit: 9_000_000_000_000_000n })] })
  await expect(budgets.hold(tooBig)).rejects.toThrow('out of bounds')
  await expect(budgets.hold(aHold({ amount: -1n }))).rejects.toThrow('out of bounds')
  const tooHigh = aHold({ nodes: [aNode(), aNode({ limit: 9_000_000_000_000_001n })] })
  await expect(budgets.hold(tooHigh)).rejects.toThrow('bad limit')
  expect(await balances(tooHigh.orgId, tooHigh.nodes)).toEqual([null, null])
})

it('holds for ever-open windows up to the end of time', async () => {
  const { budgets } = await openLedger()
  const hold = aHold({ nodes: [aNode({ window: { id: 'a0', startMs: 0, endMs: endOfTime } })] })
  expect(await budgets.hold(hold)).toMatchObject({ kind: 'held' })
})

it('is answered fenced before the epochs were read', async () => {
  const { redis } = await openLedger()
  expect(await makeBudgets(redis, { leaseMs: 1_000 }).hold(aHold())).toEqual({ kind: 'fenced' })
})

it('takes a counter that was lost for lost, not for a budget of which nothing is used', async () => {
  const { budgets, redis, balances } = await openLedger()
  const first = aHold({ amount: 60n, nodes: [aNode({ limit: 100n }), aNode({ limit: 100n })] })
  const { orgId, nodes } = first
  await budgets.hold(first)
  await redis.del(counterKey(orgId, nodes[1]?.id ?? ''))

  expect(await budgets.hold(aHold({ orgId, nodes, amount: 1n }))).toEqual({ kind: 'missing', node: 1 })
  // What is settled meanwhile must not make it look like a counter.
  await budgets.settle({ ...first, tokens: 0, result: anAnswer })
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 1n }))).toEqual({ kind: 'missing', node: 1 })
  expect(await balances(orgId, nodes)).toEqual([[60n, 0n, 100n], null])
})

it('answers a dry run with the verdict, the counters and the waits, and takes nothing', async () => {
  const { budgets, balances } = await openLedger()
  const taken = aHold({
    amount: 60n,
    tokens: 10,
    nodes: [aNode({ limit: 100n })],
    rates: [aRateLimit({ tokensPerMinute: 12 })],
  })
  const { orgId, nodes, rates } = taken
  expect(await budgets.preview({ ...taken, tokens: 12 })).toMatchObject({
    verdict: { kind: 'held', headroom: 40n, tightest: 0 },
    counters: [{ used: 0n, held: 0n, limit: 100n }],
    waits: [{ waitMs: 0 }],
  })
  expect(await balances(orgId, nodes)).toEqual([null])
  await budgets.hold(taken)
  const after = await budgets.preview(aHold({ orgId, nodes, rates, amount: 41n, tokens: 13 }))
  expect(after).toMatchObject({
    verdict: { kind: 'refused', by: 'tokens', retryAfterMs: null },
    counters: [{ used: 0n, held: 60n, limit: 100n }],
    waits: [{ waitMs: null }],
  })
  expect(await balances(orgId, nodes)).toEqual([[0n, 60n, 100n]])
})
