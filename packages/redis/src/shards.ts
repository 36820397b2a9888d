import { crc32 } from 'node:zlib'
import type { OrgId } from '@tollkeeper/domain/id'

/** One of the 64 slots that organisations are spread over: `s00` … `s63`. All keys of an organisation live in one. */
export type Shard = `s${string}`

const count = 64

const shards: readonly Shard[] = Array.from({ length: count }, (_, i): Shard => `s${String(i).padStart(2, '0')}`)

/** Every shard, in order. */
export const allShards = (): readonly Shard[] => shards

/** The shard of an organisation. Never changes: the counters of the organisation are found by it. */
export function shardOf(orgId: OrgId): Shard {
  const shard = shards[crc32(orgId) % count]
  if (shard === undefined) throw new RangeError(`No shard for organisation ${orgId}`)
  return shard
}
