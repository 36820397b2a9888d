import { admit, type RequestLimit, type WindowState } from '@tollkeeper/domain/rate'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { admitCall, admitScript, parseAdmission } from '../../src/rates.ts'
import { anOrgId } from '../builders.ts'
import { openLedger } from '../ledger.ts'

/** Quick windows, so that a history of some milliseconds runs into them and out again. */
const rules = fc.array(
  fc.record({ limit: fc.integer({ min: 1, max: 12 }), lengthMs: fc.integer({ min: 2, max: 30 }) }),
  { minLength: 1, maxLength: 4 },
)

it('admits and refuses like the TypeScript rule at the moment the script decided (admit_v1, window)', async () => {
  const { redis } = await openLedger()
  const seen = { admitted: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(rules, fc.integer({ min: 10, max: 60 }), async (rules, times) => {
      const orgId = anOrgId()
      const limits = rules.map((rule, rate): RequestLimit => {
        return { scope: { kind: 'team', id: `team_${rate}` }, rate, per: 'minute', rule }
      })
      const { keys, args } = admitCall(orgId, limits)
      let states: readonly (WindowState | undefined)[] = limits.map(() => undefined)
      for (let i = 0; i < times; i += 1) {
        const raw = await admitScript.run(redis, keys, args)
        const at = Number(Array.isArray(raw) ? raw[1] : undefined)
        const [next, answer] = admit(states, rules, at)
        states = next
        const reply = parseAdmission(raw, limits)
        seen[answer.kind] += 1
        if (answer.kind === 'refused') {
          const { limit: rate, waitMs } = answer
          expect(reply).toMatchObject({ kind: 'refused', rate, limit: rules[rate]?.limit, retryAfterMs: waitMs })
        } else {
          const { tightest, remaining, resetMs } = answer
          expect(reply).toMatchObject({ remaining: { limit: rules[tightest]?.limit, remaining, resetMs } })
        }
      }
    }),
    { numRuns: 60 },
  )
  expect(seen.admitted > 100 && seen.refused > 100).toBe(true)
})
