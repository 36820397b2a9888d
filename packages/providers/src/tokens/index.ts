export * from './bound.ts'
export * from './encodings.ts'
