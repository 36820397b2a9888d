export * from './provider-limits.ts'
export * from './reset.ts'
