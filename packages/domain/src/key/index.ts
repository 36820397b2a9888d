export * from './key-text.ts'
export * from './hash.ts'
