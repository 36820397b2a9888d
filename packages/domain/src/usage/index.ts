export * from './usage.ts'
export * from './attempt-event.ts'
export * from './request-event.ts'
