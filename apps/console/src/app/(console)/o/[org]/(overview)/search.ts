import { createLoader, parseAsStringLiteral } from 'nuqs/server'
import { metrics } from '../usage/inputs.ts'
import { parseAsRange } from '../usage/search.ts'

export const overviewSearch = {
  range: parseAsRange.withDefault('30d'),
  metric: parseAsStringLiteral(metrics).withDefault('cost'),
}

export const loadOverviewSearch = createLoader(overviewSearch)
