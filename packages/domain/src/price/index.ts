export * from './money.ts'
export * from './price.ts'
export * from './cost.ts'
export * from './amount.ts'
