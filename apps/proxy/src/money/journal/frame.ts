import { crc32c } from './crc32c.ts'

/*
 * A segment is a row of frames: 4 bytes length of the payload, 4 bytes CRC-32C of it, both big-endian, and the payload.
 * What a crash leaves at the end is recognised by it: a length beyond the file, or a sum that does not fit.
 */

const headBytes = 8
/** Longer than any record: a length beyond it is the beginning of damage. */
const mostBytes = 1_048_576

/** The frame of one payload. @throws RangeError for a payload of more than 1 MiB, or none */
export function frameOf(payload: string): Buffer {
  const length = Buffer.byteLength(payload)
  if (length === 0 || length > mostBytes) throw new RangeError(`A record of ${length} bytes`)
  const frame = Buffer.allocUnsafe(headBytes + length)
  frame.writeUInt32BE(length, 0)
  frame.write(payload, headBytes)
  frame.writeUInt32BE(crc32c(frame.subarray(headBytes)), 4)
  return frame
}

/** What can be read of a segment: everything before its first damage. */
export type Unframed = {
  payloads: string[]
  /** Bytes from the first damage on; 0 for a whole segment. */
  damagedBytes: number
}

/** Reads frames up to the first that is torn or changed: behind it nothing can be trusted. */
export function unframe(segment: Buffer): Unframed {
  const payloads: string[] = []
  let at = 0
  while (at + headBytes <= segment.length) {
    const length = segment.readUInt32BE(at)
    const end = at + headBytes + length
    if (length === 0 || length > mostBytes || end > segment.length) break
    const payload = segment.subarray(at + headBytes, end)
    if (crc32c(payload) !== segment.readUInt32BE(at + 4)) break
    payloads.push(payload.toString('utf8'))
    at = end
  }
  return { payloads, damagedBytes: segment.length - at }
}
