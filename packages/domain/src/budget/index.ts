export * from './budget.ts'
export * from './budget-at.ts'
export * from './carry.ts'
export * from './node.ts'
