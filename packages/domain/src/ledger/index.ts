export * from './adjust.ts'
export * from './ceiling.ts'
export * from './clamp.ts'
export * from './draw.ts'
export { hold, type HoldAnswer, type HoldRequest } from './hold.ts'
export * from './invariants.ts'
export * from './lease.ts'
export {
  emptyLedger,
  inOrg,
  type AttemptRef,
  type Counter,
  type HoldState,
  type Ledger,
  type LedgerEvent,
} from './ledger.ts'
export * from './preview.ts'
export * from './record-lost.ts'
export * from './release.ts'
export * from './settle.ts'
export * from './shrink.ts'
export * from './surrender.ts'
