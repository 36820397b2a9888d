import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openLedger } from '../ledger.ts'
import { history } from './history.ts'
import { stateInRedis } from './state.ts'
import { Twin } from './twin.ts'
import { countersOf } from './world.ts'

// Scripts: hold_v2, settle_v1, draw_v2, shrink_v1, release_v1, renew_v1, orphan_v1,
// surrender_v1, record_v1, adjust_v1 with the parts window, bucket, index, correct_tokens.
it('answers and ends up like the TypeScript rule, step by step, on 60 random histories (I1–I10, I12, I13)', async () => {
  const { redis } = await openLedger()
  const inRedis = (twin: Twin) =>
    Promise.all(twin.worlds.map(async (world) => (await stateInRedis(redis, world, countersOf(world).ids)).state))
  await fc.assert(
    fc.asyncProperty(history, async ({ unit, withTokenLimits, steps }) => {
      const twin = new Twin(redis, { unit, withTokenLimits })
      await twin.begin()
      for (const { step, twice } of steps) {
        const settled = await twin.step(step)
        await twin.expectSameState(step.org)
        twin.expectInvariants()
        if (!twice) continue
        const before = await inRedis(twin)
        await twin.step(step)
        await twin.expectSameState(step.org)
        if (settled) expect(await inRedis(twin)).toEqual(before)
      }
      await twin.expectSameState()
    }),
    { numRuns: 60 },
  )
}, 400_000)
