export { any, byIds, byScope, list, nodeAt, one } from './list.ts'
export { remove, set, type BudgetInput, type BudgetRefusal } from './set.ts'
export { spentByLedger, spentByPerson, type AskedNode } from './spent-by-ledger.ts'
export { ofScopes, watched } from './watched.ts'
