export * from './tenant.ts'
export * from './fingerprint.ts'
