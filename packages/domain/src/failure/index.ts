export * from './catalogue.ts'
export * from './failure.ts'
