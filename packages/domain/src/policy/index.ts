export * from './key-record.ts'
export * from './org-policy.ts'
export * from './access.ts'
export * from './keeps.ts'
