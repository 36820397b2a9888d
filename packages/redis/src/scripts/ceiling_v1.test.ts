import { expect, it } from 'vitest'
import { endOfTime, anOrgId } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { makeCeilingStore } from '../ceiling.ts'
import { ceilingKey } from '../keys.ts'

const window = { startMs: 0, endMs: endOfTime }

async function aCeiling(limit = 1_000n) {
  const { redis } = await openLedger()
  const store = makeCeilingStore(redis)
  const windowId: string = anOrgId()
  const report = (owner: string, spent: bigint, wanted: bigint, leaseMs = 60_000) =>
    store.report({ owner, spent, wanted, limit, leaseMs, window, windowId })
  return { redis, report, windowId }
}

it('shares 1,000 among two processes and gives each no more than is left', async () => {
  const { report } = await aCeiling()
  expect((await report('a', 0n, 600n)).held).toBe(600n)
  expect((await report('b', 0n, 600n)).held).toBe(400n)
  // What the first did not spend is free for the second as soon as it wants less.
  expect(await report('a', 100n, 0n)).toMatchObject({ held: 0n, used: 100n, allHeld: 400n })
  expect((await report('b', 0n, 950n)).held).toBe(900n)
})

it('counts the same report once, and takes nothing back from what a process spent', async () => {
  const { report } = await aCeiling()
  await report('a', 0n, 500n)
  await report('a', 200n, 300n)
  expect(await report('a', 200n, 300n)).toMatchObject({ used: 200n, held: 300n })
  expect(await report('a', 150n, 300n)).toMatchObject({ used: 200n, held: 300n })
})

it('counts as spent what a process held that is not heard of any more, and corrects it when it is', async () => {
  const { report } = await aCeiling()
  await report('paused', 0n, 700n, -1)
  expect(await report('b', 0n, 1_000n)).toMatchObject({ held: 300n, used: 700n })
  // It had spent 50 in the meantime, and still has the rest.
  expect(await report('paused', 50n, 650n)).toMatchObject({ held: 650n, used: 50n, allHeld: 950n })
})

it('grants nothing outside its window but what was granted inside', async () => {
  const { redis, windowId } = await aCeiling()
  const store = makeCeilingStore(redis)
  const report = { owner: 'a', limit: 1_000n, leaseMs: 60_000, windowId }
  const future = { startMs: endOfTime - 1, endMs: endOfTime }
  await store.report({ ...report, spent: 0n, wanted: 100n, window })
  expect((await store.report({ ...report, spent: 40n, wanted: 500n, window: future })).held).toBe(60n)
  expect(await redis.hget(ceilingKey(windowId), 'used')).toBe('40')
})
