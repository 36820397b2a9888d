import { reportToCeiling, type CeilingState } from '@tollkeeper/domain/ledger'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeCeilingStore } from '../../src/ceiling.ts'
import { ceilingKey, ceilingLeasesKey } from '../../src/keys.ts'
import { openLedger } from '../ledger.ts'
import { endOfTime } from '../builders.ts'

/** Processes spend what they hold, more or less of it, want more, are silent for longer than their lease, and come back. */
const step = fc.record({
  process: fc.nat(3),
  spends: fc.constantFrom('nothing', 'half', 'all'),
  wants: fc.nat(9),
  leaseMs: fc.constantFrom(-1, 60_000, 60_000),
  over: fc.constantFrom(false, false, false, false, true),
  twice: fc.boolean(),
})

it('grants and counts like the TypeScript rule, and never lets processes spend more than the ceiling (ceiling_v1)', async () => {
  const { redis } = await openLedger()
  const store = makeCeilingStore(redis)
  const seen = { short: 0, lapsed: 0 }
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1n, 1_000_007n, 100_000_000_000_007n),
      fc.array(step, { minLength: 20, maxLength: 60 }),
      async (unit, steps) => {
        const windowId = `t${process.pid}-${(run += 1)}`
        const limit = 20n * unit
        let state: CeilingState = { used: 0n, owners: new Map() }
        const spent = [0n, 0n, 0n, 0n]
        const holds = [0n, 0n, 0n, 0n]
        for (const { process: index, spends, wants, leaseMs, over, twice } of steps) {
          const has = holds[index] ?? 0n
          const spending = { nothing: 0n, half: has / 2n, all: has }[spends]
          spent[index] = (spent[index] ?? 0n) + spending
          const window = over ? { startMs: endOfTime - 1, endMs: endOfTime } : { startMs: 0, endMs: endOfTime }
          const owner = `proxy_${index}`
          const wanted = BigInt(wants) * unit
          const report = { owner, spent: spent[index] ?? 0n, wanted, limit, leaseMs, window }
          for (let i = 0; i < (twice ? 2 : 1); i += 1) {
            const reply = await store.report({ ...report, windowId })
            const [next, held] = reportToCeiling(state, report, reply.nowMs)
            state = next
            const allHeld = [...state.owners.values()].reduce((sum, one) => sum + one.held, 0n)
            expect(reply).toEqual({ held, nowMs: reply.nowMs, used: state.used, allHeld })
            holds[index] = held
            if (held < wanted) seen.short += 1
          }
          if ([...state.owners.values()].some(({ lapsed }) => lapsed > 0n)) seen.lapsed += 1
          // What was spent and what any process may still believe it may spend.
          const believed = spent.reduce((sum, amount) => sum + amount, 0n) + holds.reduce((sum, held) => sum + held, 0n)
          expect(believed <= limit).toBe(true)
          const counted = await redis.hgetall(ceilingKey(windowId))
          for (const [name, { held, lapsed, spent: told }] of state.owners) {
            expect([
              counted[`held/${name}`] ?? '0',
              counted[`lapsed/${name}`] ?? '0',
              counted[`spent/${name}`] ?? '0',
            ]).toEqual([held, lapsed, told].map(String))
          }
        }
        await redis.del(ceilingKey(windowId), ceilingLeasesKey(windowId))
      },
    ),
    { numRuns: 60 },
  )
  expect(seen.short > 100 && seen.lapsed > 50).toBe(true)
})
