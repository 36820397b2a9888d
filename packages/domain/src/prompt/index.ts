export { withoutBillingLine } from './billing-line.ts'
export * from './tenant.ts'
export * from './fingerprint.ts'
