import { admit, requestLimitsOf, type WindowState } from '@tollkeeper/domain/rate'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { admitCall, admitScript, parseAdmission } from '../../src/rates.ts'
import { anOrgId, aRateLimit } from '../builders.ts'
import { openLedger } from '../ledger.ts'

/** Quick windows, so that a history of some milliseconds runs into them and out again. */
const lengths = fc.record({ minute: fc.integer({ min: 2, max: 30 }), hour: fc.integer({ min: 2, max: 60 }) })
const limit = fc.option(fc.integer({ min: 1, max: 12 }), { freq: 3 })
const chain = fc
  .array(fc.record({ requestsPerMinute: limit, requestsPerHour: limit }), { minLength: 1, maxLength: 4 })
  .filter((scopes) => scopes.some((scope) => scope.requestsPerMinute !== null || scope.requestsPerHour !== null))

it('admits and refuses like the TypeScript rule at the moment the script decided (admit_v1, window)', async () => {
  const { redis } = await openLedger()
  const seen = { admitted: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(lengths, chain, fc.integer({ min: 10, max: 60 }), async (lengthsMs, scopes, times) => {
      const orgId = anOrgId()
      const rates = scopes.map((scope) => aRateLimit(scope))
      const limits = requestLimitsOf(rates)
      const rules = limits.map(({ per, rule }) => ({ limit: rule.limit, lengthMs: lengthsMs[per] }))
      const { keys, args } = admitCall(orgId, rates, lengthsMs)
      let states: readonly (WindowState | undefined)[] = limits.map(() => undefined)
      for (let i = 0; i < times; i += 1) {
        const raw = await admitScript.run(redis, keys, args)
        const at = Number(Array.isArray(raw) ? raw[1] : undefined)
        const [next, answer] = admit(states, rules, at)
        states = next
        const reply = parseAdmission(raw, limits)
        seen[answer.kind] += 1
        if (answer.kind === 'refused') {
          const { rate, per, rule } = limits[answer.limit] ?? {}
          const { waitMs: retryAfterMs } = answer
          expect(reply).toEqual({ kind: 'refused', rate, per, limit: rule?.limit, retryAfterMs })
        } else {
          const { tightest, remaining, resetMs } = answer
          expect(reply).toEqual({
            kind: 'admitted',
            remaining: { limit: rules[tightest]?.limit, remaining, resetMs },
          })
        }
      }
    }),
    { numRuns: 60 },
  )
  expect(seen.admitted > 100 && seen.refused > 100).toBe(true)
})
