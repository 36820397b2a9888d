export * from './maintenance.ts'
