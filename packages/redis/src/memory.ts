import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'

/** The store's memory. `mostBytes` null: it has no limit of its own. `policy`: what it does at the limit. */
export type StoreMemory = { usedBytes: number; mostBytes: number | null; policy: string }

/** @throws StoreUnavailable */
export async function readMemory(redis: Redis): Promise<StoreMemory> {
  const info = await reachable(redis.info('memory'))
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  const most = Number(field('maxmemory'))
  return {
    usedBytes: Number(field('used_memory')),
    mostBytes: most > 0 ? most : null,
    policy: field('maxmemory_policy'),
  }
}
