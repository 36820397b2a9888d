/** Reflected polynomial of CRC-32C (Castagnoli), RFC 3720 appendix B.4. */
const polynomial = 0x82f63b78

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
  return value
})

/** CRC-32C of some bytes, as an unsigned number of 32 bits. */
export function crc32c(bytes: Uint8Array): number {
  let value = -1
  for (let i = 0; i < bytes.length; i += 1) {
    value = (table[(value ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8)
  }
  return (value ^ -1) >>> 0
}
