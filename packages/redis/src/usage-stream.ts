export { makeUsageWriter, type UsageWriter } from './usage/writer.ts'
export { makeUsageReader, type UsageReader, type UsageEntry, type UsagePayload } from './usage/reader.ts'
export { readWaiting } from './usage/waiting.ts'
export { behindMs, readLag, type UsageLag } from './usage/lag.ts'
