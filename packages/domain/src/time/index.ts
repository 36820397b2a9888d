export * from './zone.ts'
export * from './window.ts'
