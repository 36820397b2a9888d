import type { NanoUsd } from '@tollkeeper/domain/price'
import { Prisma } from '../generated/client.ts'

/** What an amount of traffic came to. */
export type Measures = {
  costNano: NanoUsd
  requests: number
  /** Requests that a limit or rule of the organisation said no to. */
  refused: number
  /** Requests that ended in any other error. */
  failed: number
  /** Requests that the call of another one answered, at no cost. */
  shared: number
  /** What those calls cost. */
  savedNano: NanoUsd
  attempts: number
  /** All input, cached or not. */
  inputTokens: number
  cachedTokens: number
  outputTokens: number
}

export const noTraffic: Measures = {
  costNano: 0n,
  requests: 0,
  refused: 0,
  failed: 0,
  shared: 0,
  savedNano: 0n,
  attempts: 0,
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
}

export const add = (a: Measures, b: Measures): Measures => ({
  costNano: a.costNano + b.costNano,
  requests: a.requests + b.requests,
  refused: a.refused + b.refused,
  failed: a.failed + b.failed,
  shared: a.shared + b.shared,
  savedNano: a.savedNano + b.savedNano,
  attempts: a.attempts + b.attempts,
  inputTokens: a.inputTokens + b.inputTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
  outputTokens: a.outputTokens + b.outputTokens,
})

/** SELECT list over usage_hour; sums of bigint are numeric, and leave as text so that no digit is lost. */
export const measureColumns = Prisma.sql`
  sum(cost_nano)::text AS "costNano", sum(requests)::text AS requests, sum(refused)::text AS refused,
  sum(failed)::text AS failed, sum(shared)::text AS shared, sum(saved_nano)::text AS "savedNano",
  sum(attempts)::text AS attempts, sum(input_tokens)::text AS "inputTokens",
  sum(cached_tokens)::text AS "cachedTokens", sum(output_tokens)::text AS "outputTokens"`

export type MeasureRow = Record<keyof Measures, string | null>

export const measuresOf = (row: MeasureRow): Measures => ({
  costNano: BigInt(row.costNano ?? '0'),
  requests: Number(row.requests),
  refused: Number(row.refused),
  failed: Number(row.failed),
  shared: Number(row.shared),
  savedNano: BigInt(row.savedNano ?? '0'),
  attempts: Number(row.attempts),
  inputTokens: Number(row.inputTokens),
  cachedTokens: Number(row.cachedTokens),
  outputTokens: Number(row.outputTokens),
})
