export { dayOf, daysOf, previousOf, type Day, type Range } from './days.ts'
export { groupings, groupNames, type Grouping, type UsageFilter } from './groups.ts'
export { firstTraffic, lastTraffic } from './last-traffic.ts'
export { noTraffic, type Measures } from './measures.ts'
export { groupNotes } from './notes.ts'
export { report, reportRows, type Report, type ReportLine, type ReportQuestion, type ReportRow } from './report.ts'
export { granularities, type Granularity, type Slot } from './slots.ts'
export { topModels } from './top-models.ts'
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
