export * from './limits-of.ts'
export * from './rate-limit.ts'
export * from './sliding-window.ts'
export * from './token-bucket.ts'
