import { nanoUsdText } from '@tollkeeper/domain/price'
import { z } from 'zod'

/** A request that would have been refused. */
const refusedRequest = z.object({
  id: z.string(),
  atMs: z.number(),
  /** Null: a key that belongs to nobody. */
  person: z.string().nullable(),
  key: z.string(),
  cost: nanoUsdText,
  /** `held`: only because of what was running at that moment. */
  reason: z.enum(['exceeded', 'held']),
})

/** What came out of a replay. Amounts are of the requests that the limit is about. */
const whatIfResult = z.object({
  kind: z.literal('result'),
  fromMs: z.number(),
  toMs: z.number(),
  /** Requests that the limit is about. */
  requests: z.int(),
  refused: z.int(),
  people: z.int(),
  clamped: z.int(),
  /** Refused by another limit, as these are today. */
  refusedByOthers: z.int(),
  /** Refused then, and not now. */
  letIn: z.int(),
  spent: nanoUsdText,
  wouldSpend: nanoUsdText,
  first: z.array(refusedRequest),
  days: z.array(
    z.object({ startMs: z.number(), requests: z.int(), refused: z.int(), spent: nanoUsdText, not: nanoUsdText }),
  ),
})
export type WhatIfResult = z.output<typeof whatIfResult>

/** The lines of an answer: how far it is, and at last the result or why there is none. */
export const whatIfLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.int(), of: z.int() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  whatIfResult,
])
export type WhatIfLine = z.input<typeof whatIfLine>
