export * from './id.ts'
