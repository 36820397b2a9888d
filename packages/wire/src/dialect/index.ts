export * from './dialects.ts'
export * from './translate-request.ts'
export * from './translate-stream.ts'
export type * from './wire-dialect.ts'
