import type { Redis } from 'ioredis'
import { epochKey } from '../keys.ts'
import { readReply } from '../reply.ts'
import { defineScript } from '../script.ts'
import type { Shard } from '../shards.ts'

const fenceScript = defineScript('fence_v1')

/** Closes a shard for everybody, if it still has this epoch. True when this call did it. */
export async function fence(redis: Redis, shard: Shard, epoch: string | number): Promise<boolean> {
  const raw = await fenceScript.run(redis, [epochKey(shard)], [epoch])
  return readReply(fenceScript.name, raw, { FENCED: 1, OTHER: 1 }).kind === 'FENCED'
}
