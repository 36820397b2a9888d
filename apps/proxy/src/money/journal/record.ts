import { attemptId, orgId } from '@tollkeeper/domain/id'
import { nanoUsdText } from '@tollkeeper/domain/price'
import { attemptMeta, attemptResult, requestEvent } from '@tollkeeper/domain/usage'
import { z } from 'zod'

/** Enough to charge an attempt of which the store knows nothing any more. */
const attempt = {
  orgId,
  attemptId,
  /** Upper bound of its cost, in nano-USD. */
  hold: nanoUsdText,
  /** Ids of the budget counters it is held on. */
  nodes: z.array(z.string()),
  meta: attemptMeta,
}

/** Written before a byte leaves. */
const sent = z.object({ t: z.literal('sent'), ...attempt })

/** What a running stream has cost at least by now, in nano-USD. */
const progress = z.object({ t: z.literal('progress'), orgId, attemptId, least: nanoUsdText })

/** How an attempt ended: the whole settlement. */
const result = z.object({
  t: z.literal('result'),
  ...attempt,
  amount: nanoUsdText,
  tokens: z.int().nonnegative(),
  result: attemptResult,
  request: requestEvent.nullable(),
  /** The hold that paid, where the attempt had none of its own. */
  sliceId: attemptId.nullable(),
})

/** One record of the journal. */
const journalRecord = z.discriminatedUnion('t', [sent, progress, result])
export type JournalRecord = z.output<typeof journalRecord>
export type SentRecord = z.output<typeof sent>
export type ResultRecord = z.output<typeof result>

/** The text of a record; amounts as digits. */
export const recordText = (record: JournalRecord): string =>
  JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))

/** Reads a text; undefined for what no version of ours writes. */
export function readRecord(text: string): JournalRecord | undefined {
  try {
    return journalRecord.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
