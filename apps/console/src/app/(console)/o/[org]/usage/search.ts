import { createLoader, createParser, parseAsString, parseAsStringLiteral, type inferParserType } from 'nuqs/server'
import type { z } from 'zod'
import { comparisons, groupings, metrics, rangeText, steps, type RangeText, type usageInput } from './inputs.ts'

/** A range in the URL; one that makes no sense counts as absent. */
export const parseAsRange = createParser<RangeText>({
  parse: (text) => rangeText.safeParse(text).data ?? null,
  serialize: (range) => range,
})

/** Everything that decides what the page shows is in its URL. */
export const usageSearch = {
  range: parseAsRange.withDefault('30d'),
  by: parseAsStringLiteral(groupings).withDefault('team'),
  compare: parseAsStringLiteral(comparisons).withDefault('none'),
  per: parseAsStringLiteral(steps).withDefault('auto'),
  metric: parseAsStringLiteral(metrics).withDefault('cost'),
  team: parseAsString,
  'role-group': parseAsString,
  role: parseAsString,
  member: parseAsString,
  key: parseAsString,
  model: parseAsString,
  provider: parseAsString,
}
export type UsageSearch = inferParserType<typeof usageSearch>

export const loadUsageSearch = createLoader(usageSearch)

/** What to ask for: all but how it is drawn. The procedure judges the ids. */
export function askedOf(search: UsageSearch): z.input<typeof usageInput> {
  const { metric: _, ...asked } = search
  return asked
}
