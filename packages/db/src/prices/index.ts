export * from './book.ts'
export * from './import.ts'
export * from './overrides.ts'
export * from './price-of.ts'
