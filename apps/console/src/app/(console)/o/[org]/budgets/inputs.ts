import { budgetModes, budgetSharings } from '@tollkeeper/domain/budget'
import { budgetId, teamId } from '@tollkeeper/domain/id'
import { usdInput } from '@tollkeeper/domain/price'
import { scopeKind } from '@tollkeeper/domain/scope'
import { budgetPeriod } from '@tollkeeper/domain/time'
import { z } from 'zod'
import { emptyOr } from '#empty-or.ts'

const id = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, 'not a valid id')

export const scopeInput = z.object({ scope: z.object({ kind: scopeKind, id }) })

export const teamInput = z.object({ teamId })

/** So that the address of the query stays short enough for every web server. */
export const mostLiveCounters = 200

/** Counters of rows on the screen as `<budget>~<subject or ->`, with commas between. */
export const liveInput = z.object({
  counters: z
    .string()
    .max(30_000)
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .transform((parts) => parts.map((part) => part.split('~')))
    .transform((pairs) => pairs.map(([budget, subject]) => ({ budget, subject: subject === '-' ? null : subject })))
    .pipe(z.array(z.object({ budget: budgetId, subject: id.nullable() })).max(mostLiveCounters)),
})

/** The form of a budget; the procedure parses the same text again. */
export const budgetForm = z.object({
  limit: usdInput,
  period: budgetPeriod,
  mode: z.enum(budgetModes),
  sharing: z.enum(budgetSharings),
  /** Empty: nothing is carried over. */
  carryOver: emptyOr(usdInput).optional(),
})
/** As typed. */
export type BudgetForm = z.input<typeof budgetForm>

export const setInput = budgetForm.extend({ ...scopeInput.shape, id: budgetId.nullable() })

export const removeInput = z.object({ id: budgetId })

const most = 1_000_000_000

/** A whole number as typed into a field; an empty field is no limit. */
const optionalCount = emptyOr(
  z
    .string()
    .trim()
    .regex(/^\d{1,10}$/, 'Enter a whole number')
    .transform(Number)
    .pipe(z.int().min(1, 'Enter at least 1').max(most, 'Enter at most 1,000,000,000')),
)

const optionalRefill = emptyOr(
  z
    .string()
    .trim()
    .regex(/^\d{1,10}(\.\d{1,3})?$/, 'Enter a number with at most 3 decimals')
    .transform(Number)
    .pipe(z.number().max(most, 'Enter at most 1,000,000,000')),
)

const optionalRunning = emptyOr(
  z
    .string()
    .trim()
    .regex(/^\d{1,7}$/, 'Enter a whole number')
    .transform(Number)
    .pipe(z.int().min(1, 'Enter at least 1').max(1_000_000, 'Enter at most 1,000,000')),
)

/** The form of a scope's rate limits. */
export const ratesForm = z
  .object({
    requestsPerMinute: optionalCount,
    requestsPerHour: optionalCount,
    tokensPerMinute: optionalCount,
    tokensPerHour: optionalCount,
    bucketCapacity: optionalCount,
    bucketRefillPerSecond: optionalRefill,
    runningStreams: optionalRunning,
    runningWhole: optionalRunning,
  })
  .superRefine((rates, context) => {
    if ((rates.bucketCapacity === null) === (rates.bucketRefillPerSecond === null)) return
    const missing = rates.bucketCapacity === null ? 'bucketCapacity' : 'bucketRefillPerSecond'
    context.addIssue({ code: 'custom', path: [missing], message: 'A bucket needs both its capacity and its refill' })
  })
/** As typed. */
export type RatesForm = z.input<typeof ratesForm>

export const setRatesInput = z.intersection(scopeInput, ratesForm)
