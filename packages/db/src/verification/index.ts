export { brokenChains, unchainedRows, type BrokenChain } from './chains.ts'
export { ledgerNodes, wereCharged, type LedgerNode } from './nodes.ts'
export { latest, save, type Drift, type Verification } from './results.ts'
export { rollupDrift } from './rollups.ts'
