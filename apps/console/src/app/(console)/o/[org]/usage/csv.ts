import type { Measures } from '@tollkeeper/db/rollups'
import { usdText, type NanoUsd } from '@tollkeeper/domain/price'
import { stringify } from 'csv-stringify'
import { pipeline, Readable } from 'node:stream'
import type { Grouping } from './inputs.ts'

/** One row of the file: what a group came to from one moment (as people of the zone write it) to another. */
export type UsageCsvRow = { from: string; to: string; id: string; name: string; measures: Measures }

/** Text of somebody's choosing, a count, or an amount in nano-USD. */
type Cell = string | number | NanoUsd

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe in front (security.md T-CSV). Names of keys, people
 * and models are chosen by anybody.
 */
const neutralised = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

/** The file as it is being read (RFC 4180). Amounts are decimal USD with 9 digits, so that their sum is exact. */
export function usageCsv(by: Grouping, rows: AsyncIterable<UsageCsvRow>): ReadableStream {
  const group = by.replace('-', '_')
  const lines = stringify({
    header: true,
    columns: [
      'from',
      'to',
      `${group}_id`,
      group,
      'requests',
      'refused',
      'failed',
      'shared',
      'input_tokens',
      'cached_tokens',
      'output_tokens',
      'saved_usd',
      'cost_usd',
    ],
    record_delimiter: 'windows',
    cast: { string: (text, { header }) => (header ? text : neutralised(text)), bigint: (amount) => usdText(amount) },
  })
  // A row that cannot be read breaks the download off instead of ending it as if it were whole.
  pipeline(Readable.from(cellsOf(rows)), lines, () => {})
  return Readable.toWeb(lines) as ReadableStream
}

async function* cellsOf(rows: AsyncIterable<UsageCsvRow>): AsyncGenerator<Cell[]> {
  for await (const { from, to, id, name, measures } of rows) {
    const { requests, refused, failed, shared, inputTokens, cachedTokens, outputTokens, costNano, savedNano } = measures
    const tokens = [inputTokens, cachedTokens, outputTokens]
    yield [from, to, id, name, requests, refused, failed, shared, ...tokens, savedNano, costNano]
  }
}
