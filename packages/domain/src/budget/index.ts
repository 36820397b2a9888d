export * from './budget.ts'
export * from './node.ts'
