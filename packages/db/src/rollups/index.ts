export { dayOf, daysOf, previousOf, type Day, type Range } from './days.ts'
export { groupings, type Grouping, type UsageFilter } from './groups.ts'
export { noTraffic, type Measures } from './measures.ts'
export {
  byDay,
  byGroup,
  compared,
  exportRows,
  total,
  type ComparedGroup,
  type UsageByDay,
  type UsageGroup,
  type UsageRow,
  type UsageSeries,
} from './usage.ts'
