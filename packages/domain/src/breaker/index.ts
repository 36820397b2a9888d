export * from './breaker.ts'
