import { disposableRedis } from '@tollkeeper/testbed/redis'
import { until } from '@tollkeeper/testbed/processes'
import { expect, it, onTestFinished } from 'vitest'
import { makeCounterRepair } from '../src/rebuild/repair.ts'
import { makePresence } from '../src/rebuild/presence.ts'
import { makeShardKeeper } from '../src/shard-keeper.ts'
import { shardOf } from '../src/shards.ts'
import { counterIndexKey, counterKey, epochKey, holdKey, leaseMember, leasesKey, sequenceKey } from '../src/keys.ts'
import { aHold, aNode, anAnswer, anOrgId, settlementOf } from './builders.ts'
import { openLedger } from './ledger.ts'

// Scripts: fence_v1, shelve_v1, beat_v1, register_v1, adopt_v2, open_v1, repair_v1 with the part index.
it('closes the shard for everybody when the sequence of an answer is behind one that was seen, and gives the hold back', async () => {
  const { redis, budgets, shortLived: other, balances } = await openLedger()
  const orgId = anOrgId()
  const nodes = [aNode()]
  const shard = shardOf(orgId)
  for (let i = 0; i < 5; i += 1) await budgets.settle(settlementOf(await held(budgets, orgId, nodes), { amount: 1n }))
  // An old copy, put back without the connection breaking.
  await redis.set(sequenceKey(shard), 3)
  const hold = aHold({ orgId, nodes })
  expect(await budgets.hold(hold)).toEqual({ kind: 'fenced' })
  expect(await redis.get(epochKey(shard))).toBeNull()
  expect(await other.hold(aHold({ orgId, nodes }))).toEqual({ kind: 'fenced' })
  expect(await balances(orgId, nodes)).toEqual([[5n, 0n, 1_000n]])
})

it.each(['shrink', 'release', 'draw', 'surrender', 'adjust', 'recordLost', 'settle'] as const)(
  'closes the shard when the answer to %s is behind a sequence that was seen',
  async (verb) => {
    const { redis, budgets } = await openLedger()
    const orgId = anOrgId()
    const nodes = [aNode()]
    const shard = shardOf(orgId)
    const holds = [await held(budgets, orgId, nodes), await held(budgets, orgId, nodes)]
    const [hold] = holds
    if (!hold) throw new Error('There are two holds')
    const { attemptId, meta } = hold
    const own = { orgId, attemptId, nodes, result: anAnswer }
    const other = { ...own, attemptId: aHold().attemptId, meta }
    const call = {
      shrink: () => budgets.shrink(orgId, attemptId, nodes, 99n),
      release: () => budgets.release(hold),
      draw: () => budgets.draw({ ...other, amount: 1n, sliceId: attemptId }),
      surrender: () => budgets.surrender({ ...own, least: 0n }),
      adjust: () =>
        budgets.adjust({
          ...other,
          amount: 1n,
          nodes: nodes.map(({ id }) => ({ id, endMs: null })),
          cause: { id: 'rate_1', reason: 'The price was wrong', actorId: 'mem_1' },
        }),
      recordLost: () =>
        budgets.recordLost({ ...other, kind: 'final', amount: 1n, hold: 1n, nodes: nodes.map(({ id }) => id) }),
      settle: () => budgets.settle(settlementOf(hold)),
    }[verb]
    // An old copy, put back without the connection breaking.
    await redis.set(sequenceKey(shard), 0)
    const reply = await call()
    expect(await redis.get(epochKey(shard))).toBeNull()
    // What was charged is charged.
    if (verb === 'adjust') expect(reply).toBe('adjusted')
    if (verb === 'draw') expect(reply).toMatchObject({ kind: 'drawn' })
    if (verb === 'recordLost') expect(reply).toBe(true)
  },
)

it('asks a store behind a new connection for epoch and sequence before it holds anything there', async () => {
  const server = await disposableRedis({ fsync: 'always' })
  onTestFinished(() => server.stop())
  const { redis, budgets, balances } = await openLedger(server.url)
  const orgId = anOrgId()
  const nodes = [aNode()]
  await held(budgets, orgId, nodes)
  const old = await server.copy()
  await held(budgets, orgId, nodes)
  await old.putBack()
  await until(() => redis.ping().catch(() => undefined), { within: 20_000 })
  expect(await budgets.hold(aHold({ orgId, nodes }))).toEqual({ kind: 'fenced' })
  expect(await budgets.epochs.refresh(orgId)).toBe(0)
  expect(await redis.get(epochKey(shardOf(orgId)))).toBeNull()
  expect(await balances(orgId, nodes)).toEqual([[0n, 100n, 1_000n]])
})

it('goes on after a restart that lost nothing', async () => {
  const server = await disposableRedis({ fsync: 'always' })
  onTestFinished(() => server.stop())
  const { redis, budgets } = await openLedger(server.url)
  const orgId = anOrgId()
  const nodes = [aNode()]
  await held(budgets, orgId, nodes)
  await server.kill9()
  await server.restart()
  await until(() => redis.ping().catch(() => undefined), { within: 20_000 })
  expect(await budgets.epochs.refresh(orgId)).toBe(1)
  expect(await budgets.hold(aHold({ orgId, nodes }))).toMatchObject({ kind: 'held' })
})

it('closes a shard only under the epoch that the caller knows', async () => {
  const { redis } = await openLedger()
  const keeper = makeShardKeeper(redis)
  expect(await keeper.fence('s07', 2)).toBe(false)
  expect(await keeper.fence('s07', 1)).toBe(true)
  expect(await keeper.fence('s07', 1)).toBe(false)
  expect(await keeper.state('s08')).toMatchObject({ epoch: 1 })
})

it('makes of holds that were set aside what owner and ledger say: open, closed, provisional, or charged', async () => {
  const { redis, budgets, balances, events } = await openLedger()
  const keeper = makeShardKeeper(redis)
  const orgId = anOrgId()
  const shard = shardOf(orgId)
  const nodes = [aNode({ limit: 100_000n })]
  const amounts = [1n, 20n, 300n, 4_000n, 50_000n]
  const holds = await Promise.all(amounts.map((amount) => held(budgets, orgId, nodes, amount)))
  const [running, charged, orphaned, unknown, settled] = holds
  if (!running || !charged || !orphaned || !unknown || !settled) throw new Error('There are five holds')
  await keeper.fence(shard, 1)
  expect(await keeper.shelve(shard)).toBe(5)
  expect(await budgets.settle(settlementOf(running))).toMatchObject({ kind: 'gone' })
  const { seq } = await keeper.state(shard)
  await keeper.restore(shard, { epoch: 2, seq, counters: [], orgIds: [orgId] })

  const presence = makePresence(redis, 'proxy-1')
  await keeper.announce(new Map([[shard, 2]]))
  expect(await presence.beat()).toEqual([{ shard, epoch: 2 }])
  expect(await presence.register(1, running)).toBe(false)
  expect(await presence.register(2, running)).toBe(true)
  await presence.answer({ shard, epoch: 2 })
  expect([...(await keeper.present(60_000)).difference(await keeper.answered(shard, 2))]).toEqual([])
  // Its owner gave it back meanwhile.
  await budgets.release(settled)

  const adopt = (hold: typeof running, recorded: 'none' | 'provisional' | 'charged') =>
    keeper.adopt(shard, 2, leaseMember(orgId, hold.attemptId), recorded)
  expect(await keeper.adopt(shard, 1, leaseMember(orgId, running.attemptId), 'none')).toBeUndefined()
  expect([
    await adopt(running, 'none'),
    await adopt(charged, 'charged'),
    await adopt(orphaned, 'provisional'),
    await adopt(unknown, 'none'),
    await adopt(settled, 'none'),
    await adopt(running, 'none'),
  ]).toEqual(['HELD', 'CLOSED', 'ORPHANED', 'CHARGED', 'KNOWN', 'KNOWN'])
  expect(await keeper.shelved(shard)).toEqual([])
  expect(await keeper.open(shard, 2)).toBe(true)
  expect(await presence.beat()).toEqual([])

  expect(await balances(orgId, nodes)).toEqual([[4_000n, 1n, null]])
  expect((await events(orgId)).map((event) => event.kind === 'attempt' && event.event.kind)).toEqual(['provisional'])
  expect(await budgets.settle(settlementOf(running, { amount: 1n }))).toMatchObject({ kind: 'settled' })
  expect(await budgets.settle(settlementOf(charged))).toMatchObject({ kind: 'duplicate' })
  expect(await budgets.settle(settlementOf(orphaned, { amount: 100n }))).toMatchObject({ kind: 'corrected' })
  expect(await budgets.settle(settlementOf(unknown, { amount: 500n }))).toMatchObject({ kind: 'corrected' })
})

it('counts a hold that is told of on a counter that nobody was ever charged on', async () => {
  const { redis, budgets, balances } = await openLedger()
  const keeper = makeShardKeeper(redis)
  const orgId = anOrgId()
  const shard = shardOf(orgId)
  const nodes = [aNode({ opening: 40n, limit: 200n })]
  const running = await held(budgets, orgId, nodes)
  // All that the shard knew.
  const keys = [epochKey(shard), sequenceKey(shard), leasesKey(shard), counterIndexKey(orgId)]
  await redis.del(...keys, holdKey(orgId, running.attemptId), ...nodes.map(({ id }) => counterKey(orgId, id)))
  await keeper.restore(shard, { epoch: 2, seq: null, counters: [], orgIds: [orgId] })
  await makePresence(redis, 'proxy-1').register(2, running)
  await keeper.adopt(shard, 2, leaseMember(orgId, running.attemptId), 'none')
  await keeper.open(shard, 2)
  await budgets.epochs.refresh(orgId)
  expect(await balances(orgId, nodes)).toEqual([[40n, 100n, null]])
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 61n }))).toMatchObject({ reason: 'held', held: 100n })
})

it('does not begin a counter at its opening that was charged 7 before a hold on it was told: it is put back first', async () => {
  const { redis, budgets, balances } = await openLedger()
  const keeper = makeShardKeeper(redis)
  const orgId = anOrgId()
  const shard = shardOf(orgId)
  const nodes = [aNode({ limit: 200n })]
  const running = await held(budgets, orgId, nodes)
  const { attemptId, meta } = await held(budgets, orgId, nodes)
  const keys = [epochKey(shard), sequenceKey(shard), leasesKey(shard), counterIndexKey(orgId)]
  const holds = [running.attemptId, attemptId].map((id) => holdKey(orgId, id))
  await redis.del(...keys, ...holds, ...nodes.map(({ id }) => counterKey(orgId, id)))
  await keeper.restore(shard, { epoch: 2, seq: null, counters: [], orgIds: [orgId] })
  const nodeIds = nodes.map(({ id }) => id)
  const charge = { orgId, attemptId, nodes: nodeIds, meta, result: anAnswer, hold: 100n, amount: 7n }
  expect(await budgets.recordLost({ ...charge, kind: 'final' })).toBe(true)
  await makePresence(redis, 'proxy-1').register(2, running)
  await keeper.adopt(shard, 2, leaseMember(orgId, running.attemptId), 'none')
  await keeper.open(shard, 2)
  await budgets.epochs.refresh(orgId)
  expect(await budgets.hold(aHold({ orgId, nodes, amount: 1n }))).toEqual({ kind: 'missing', node: 0 })
  const [counter] = await makeCounterRepair(redis).lost(shard)
  if (!counter) throw new Error('Nothing is to be put back')
  const { seq } = await keeper.state(shard)
  const heldOn = await makeCounterRepair(redis).heldOn(counter)
  await makeCounterRepair(redis).put(counter, { seq, used: 7n, held: heldOn, windowEndMs: 8_640_000_000_000_000 })
  expect(await balances(orgId, nodes)).toEqual([[7n, 100n, null]])
})

it('puts a lost counter back unless money has moved since the ledger was read', async () => {
  const { redis, budgets, balances } = await openLedger()
  const repair = makeCounterRepair(redis)
  const keeper = makeShardKeeper(redis)
  const orgId = anOrgId()
  const shard = shardOf(orgId)
  const nodes = [aNode()]
  const [first] = [await held(budgets, orgId, nodes), await held(budgets, orgId, nodes, 7n)]
  const nodeId = nodes[0]?.id ?? ''
  await redis.del(counterKey(orgId, nodeId))
  expect(await budgets.hold(aHold({ orgId, nodes }))).toEqual({ kind: 'missing', node: 0 })
  await until(async () => (await repair.lost(shard)).length > 0, { within: 10_000 })
  expect(await repair.lost(shard)).toEqual([{ orgId, nodeId }])

  const { seq } = await keeper.state(shard)
  const value = { seq, used: 500n, held: await repair.heldOn({ orgId, nodeId }), windowEndMs: 8_640_000_000_000_000 }
  await budgets.settle(settlementOf(first, { amount: 30n }))
  expect(await repair.put({ orgId, nodeId }, value)).toBe('changed')
  const later = { ...value, seq: (await keeper.state(shard)).seq, used: 530n, held: 7n }
  expect(value.held).toBe(107n)
  expect(await repair.windowEnd({ orgId, nodeId })).toBe(8_640_000_000_000_000)
  expect(await repair.put({ orgId, nodeId }, later)).toBe('done')
  expect(await balances(orgId, nodes)).toEqual([[530n, 7n, null]])
  expect(await repair.lost(shard)).toEqual([])
})

async function held(
  budgets: Awaited<ReturnType<typeof openLedger>>['budgets'],
  orgId: ReturnType<typeof anOrgId>,
  nodes: ReturnType<typeof aNode>[],
  amount = 100n,
) {
  const hold = aHold({ orgId, nodes, amount })
  expect(await budgets.hold(hold)).toMatchObject({ kind: 'held' })
  return hold
}
