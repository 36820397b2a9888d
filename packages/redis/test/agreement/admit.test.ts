import {
  admit,
  permitLimitsOf,
  requestLimitsOf,
  takePermits,
  type PermitState,
  type WindowState,
} from '@tollkeeper/domain/rate'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { permitsKey } from '../../src/keys.ts'
import { admitCall, admitScript, makeRates, parseAdmission } from '../../src/rates.ts'
import { anOrgId, aRateLimit } from '../builders.ts'
import { openLedger } from '../ledger.ts'

/** Quick windows, so that a history of some milliseconds runs into them and out again. */
const lengths = fc.record({ minute: fc.integer({ min: 2, max: 30 }), hour: fc.integer({ min: 2, max: 60 }) })
const limit = fc.option(fc.integer({ min: 1, max: 12 }), { freq: 3 })
const running = fc.option(fc.integer({ min: 1, max: 4 }), { freq: 2 })
const chain = fc
  .array(fc.record({ requestsPerMinute: limit, requestsPerHour: limit, whole: running }), {
    minLength: 1,
    maxLength: 4,
  })
  .filter((scopes) => scopes.some((scope) => Object.values(scope).some((value) => value !== null)))
/** Its permit lives for some milliseconds or for the whole history, and may be given back or asked for again. */
const asked = fc.record({ permit: fc.nat(9), leaseMs: fc.constantFrom(3, 60_000), givesBack: fc.boolean() })

it('admits and refuses like the TypeScript rule at the moment the script decided (admit_v2, window, permits)', async () => {
  const { redis } = await openLedger()
  const seen = { admitted: 0, refused: 0, busy: 0 }
  await fc.assert(
    fc.asyncProperty(
      lengths,
      chain,
      fc.array(asked, { minLength: 10, maxLength: 60 }),
      async (lengthsMs, scopes, steps) => {
        const orgId = anOrgId()
        const rates = scopes.map(({ whole, ...windows }) =>
          aRateLimit({ ...windows, concurrency: whole === null ? null : { streams: null, whole } }),
        )
        const limits = requestLimitsOf(rates)
        const permits = permitLimitsOf(rates, 'whole')
        const rules = limits.map(({ per, rule }) => ({ limit: rule.limit, lengthMs: lengthsMs[per] }))
        const { keys, head, tail } = admitCall(orgId, rates, 'whole', lengthsMs)
        let windows: readonly (WindowState | undefined)[] = limits.map(() => undefined)
        let taken: readonly PermitState[] = permits.map(() => new Map())
        for (const { permit, leaseMs, givesBack } of steps) {
          const id = `req_${permit}`
          const raw = await admitScript.run(redis, keys, [...head, id, leaseMs, ...tail])
          const at = Number(Array.isArray(raw) ? raw[1] : undefined)
          const reply = parseAdmission(raw, limits, permits)
          seen[reply.kind] += 1

          const [counted, answer] = limits.length > 0 ? admit(windows, rules, at) : [windows, null]
          if (answer?.kind === 'refused') {
            const { rate, per, rule } = limits[answer.limit] ?? {}
            expect(reply).toEqual({ kind: 'refused', rate, per, limit: rule?.limit, retryAfterMs: answer.waitMs })
            continue
          }
          const [given, turn] = takePermits(
            taken,
            permits.map((each) => each.limit),
            { id, leaseMs },
            at,
          )
          taken = given
          if (turn.kind === 'busy') {
            const { rate, limit: most } = permits[turn.limit] ?? {}
            expect([reply, turn.running >= (most ?? 0)]).toEqual([{ kind: 'busy', rate, limit: most }, true])
            continue
          }
          windows = counted
          const remaining = answer && {
            limit: rules[answer.tightest]?.limit,
            remaining: answer.remaining,
            resetMs: answer.resetMs,
          }
          expect(reply).toEqual({ kind: 'admitted', remaining })
          for (const [i, { scope }] of permits.entries()) {
            const live = await redis.zrangebyscore(permitsKey('whole', orgId, scope), `(${at}`, '+inf')
            expect(new Set(live)).toEqual(new Set(taken[i]?.keys()))
          }
          if (!givesBack) continue
          await makeRates(redis, { leaseMs }).giveBack(orgId, rates, { id, kind: 'whole' })
          taken = taken.map((state) => new Map([...state].filter(([other]) => other !== id)))
        }
      },
    ),
    { numRuns: 60 },
  )
  expect(seen.admitted > 100 && seen.refused > 100 && seen.busy > 50).toBe(true)
})
