export * from './frame-cutter.ts'
export * from './frames.ts'
