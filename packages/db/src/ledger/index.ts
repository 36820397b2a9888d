export type { UsageEntry } from './entry.ts'
export { ofRequest, type LedgerRow } from './ledger-row.ts'
export { recordUsage, type Recorded } from './record.ts'
export { outcomeOf, type RequestOutcome } from './request-outcome.ts'
