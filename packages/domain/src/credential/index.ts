export * from './seal.ts'
export * from './mark.ts'
