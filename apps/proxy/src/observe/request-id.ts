import { randomFillSync } from 'node:crypto'
import { newId, type AttemptId, type RequestId } from '@tollkeeper/domain/id'

// Random bytes cost much less by the page.
const pool = Buffer.alloc(4_096)
let used = pool.length

function random(count: number): Uint8Array {
  if (used + count > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}

/** A new request id, `req_…`. */
export const newRequestId = (): RequestId => newId('request', random)

/** A new id of a slice, `slice_…`. */
export const newSliceId = (): AttemptId => newId('slice', random)

/** A new id of a process, `proc_…`: another one after each start. */
export const newProcessId = (): string => newId('process', random)
