export * from './addresses.ts'
export * from './url-problem.ts'
