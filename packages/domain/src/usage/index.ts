export * from './usage.ts'
export * from './attempt-event.ts'
export * from './request-event.ts'
export * from './provisional-rule.ts'
