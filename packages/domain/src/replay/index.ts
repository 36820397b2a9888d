export * from './logged-attempt.ts'
export * from './replay.ts'
export * from './logged.ts'
