export { buildKeyRecord, buildOrgPolicy, keyRecords } from './build.ts'
export { offeredModels, type OfferedModel } from './models.ts'
export { changesPublished, noteKeyChanges, noteOrgChange, pendingChanges, type PolicyChange } from './outbox.ts'
export { unpricedInUse, type UnpricedModel } from './unpriced.ts'
