export { makeUsageWriter, type UsageWriter } from './usage/writer.ts'
export { makeUsageReader, type UsageReader, type UsageEntry, type UsageLag, type UsagePayload } from './usage/reader.ts'
export { readWaiting } from './usage/waiting.ts'
